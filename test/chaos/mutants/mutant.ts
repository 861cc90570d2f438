import type { CampaignOptions } from '../campaign';
import type { BaseMutant } from '../../mutants/patch';
import type { Weights } from '../stream/storyteller';

/** A guard taken out of what is built (below `dist/libs`) or of the schema, and what is done to feel its loss. */
export interface Mutant extends BaseMutant {
  readonly scripts: CampaignOptions['scripts'];
  readonly seconds: number;
  readonly weights: Partial<Weights>;
  readonly storiesPerSecond?: number;
  readonly noisePerSecond?: number;
}
