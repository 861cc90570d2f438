/** Work inside one process or one database round trip. */
export const FAST_SECONDS = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];
/** Somebody else's service. */
export const REMOTE_SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
/** Waiting: from at once to a day. */
export const LAG_SECONDS = [
  0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 3600, 21_600, 86_400,
];
/** A refund may take a bank a week. */
export const FAILURE_SECONDS = [...LAG_SECONDS, 3 * 86_400, 7 * 86_400];
export const BATCH_EVENTS = [1, 10, 50, 100, 250, 500, 1000, 2500, 5000, 10_000];
