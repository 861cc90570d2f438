import type { CampaignOptions } from '../campaign';
import type { Weights } from '../stream/storyteller';

/** A change of the built code: `find` must be there exactly once. */
export interface Patch {
  /** Below `dist/libs/`. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** A guard taken out of what is built or of the schema, and what is done to feel its loss. */
export interface Mutant {
  readonly name: string;
  readonly without: string;
  readonly patches: readonly Patch[];
  readonly damage?: readonly string[];
  readonly scripts: CampaignOptions['scripts'];
  readonly seconds: number;
  readonly weights: Partial<Weights>;
  readonly storiesPerSecond?: number;
  readonly noisePerSecond?: number;
}
