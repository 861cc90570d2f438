/** Beyond so many, every second of the older half is left out: the clock then moves in larger steps. */
const SAMPLES_MAX = 600;

/** Keeps the samples of a clock that stands still from growing without end. */
export function thinOut(samples: unknown[]): void {
  if (samples.length <= SAMPLES_MAX) return;
  const half = samples.length >> 1;
  const older = samples.slice(0, half).filter((_, index) => index % 2 === 0);
  samples.splice(0, half, ...older);
}
