/**
 * Every point at which a test may kill a process, in the order in which an event passes them.
 * Whoever adds a `crashPoint(...)` call adds its name here, so that a test can run through all.
 */
export const CRASH_POINT_NAMES = [
  'ingest.before-commit',
  'ingest.after-commit',
  'detector.after-fence',
  'detector.before-state-write',
  'detector.before-commit',
  'detector.after-commit',
  'timer.after-claim',
  'timer.before-commit',
  'timer.after-commit',
  'decision.after-lock',
  'decision.before-commit',
  'decision.after-commit',
  'payout.after-attempt-row',
  'payout.before-record',
  'payout.after-record',
  'message.after-claim',
  'message.before-record',
  'outbox.before-publish',
  'outbox.after-publish',
] as const;

export type CrashPointName = (typeof CRASH_POINT_NAMES)[number];
