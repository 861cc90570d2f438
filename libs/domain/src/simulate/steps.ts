/** Work that can be put down between two steps. */
export type Steps<T> = Generator<void, T, void>;

/** Does all the work at once. */
export function resultOf<T>(steps: Steps<T>): T {
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  return step.value;
}
