/**
 * Every point at which a test may kill a process, in the order in which an event passes them.
 * Whoever adds a `crashPoint(...)` call adds its name here, so that a test can run through all.
 */
export const CRASH_POINT_NAMES = [
  'ingest.before-commit',
  'ingest.after-commit',
  'batch.after-fence',
  'batch.after-state',
  'batch.before-commit',
  'batch.after-commit',
  'timers.before-commit',
  'timers.after-commit',
  'decision.before-commit',
  'decision.after-commit',
  'payout.before-send',
  'payout.after-send',
  'payout.after-settle',
  'message.before-send',
  'message.after-send',
  'outbox.before-publish',
  'outbox.after-publish',
] as const;

export type CrashPointName = (typeof CRASH_POINT_NAMES)[number];
