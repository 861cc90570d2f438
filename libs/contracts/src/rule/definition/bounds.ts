const DAY_MS = 86_400_000;

/** How large a document and its parts may be. */
export const BOUNDS = {
  documentBytes: 256 * 1024,
  conditions: 500,
  conditionDepth: 8,
  facts: 50,
  limits: 50,
  skipIfs: 50,
  tests: 200,
  listItems: 1000,
  eventTypes: 100,
  labels: 50,
  channels: 10,
  minSteps: 2,
  maxSteps: 10,
  maxUnits: 10_000,
  maxTimes: 1_000_000,
  maxPercent: 1000,
  /** Ten years. */
  durationMs: 3653 * DAY_MS,
  pathLength: 256,
  celLength: 4000,
} as const;
