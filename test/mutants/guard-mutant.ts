import type { BaseMutant } from './patch';

/**
 * A guard of money, audit or access that is not there, and the test that has to fail for it. Its patches change the
 * sources, files named from the root. Where a second guard stands behind the first, one mutant lacks both.
 */
export interface GuardMutant extends BaseMutant {
  /** The spec file, from the root. */
  readonly spec: string;
  /** Words of the name of the test, as they stand in the file; of several that have them, one must fail. */
  readonly test: string;
}
