/** The places between two steps whose order matters; a test kills the process there. */
export type Step =
  | 'ingest.before-commit'
  | 'ingest.after-commit'
  | 'detector.after-fence'
  | 'detector.before-state-write'
  | 'detector.before-commit'
  | 'detector.after-commit'
  | 'timer.after-claim'
  | 'timer.before-commit'
  | 'timer.after-commit'
  | 'outbox.before-publish'
  | 'outbox.after-publish';

/** Told about every step; does nothing outside tests. */
export type StepProbe = (step: Step) => void;

export const noProbe: StepProbe = () => undefined;
