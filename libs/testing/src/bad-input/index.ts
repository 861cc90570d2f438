import type { BadInput } from './bad-input';
import { envelopeCases } from './envelope-cases';
import { structureCases } from './structure-cases';
import { syntaxCases, truncatedCases } from './syntax-cases';
import { textCases } from './text-cases';
import { valueCases } from './value-cases';

export type { BadInput, BadInputOutcome } from './bad-input';
export { VALID_EVENT, eventText } from './valid-event';

/**
 * Bodies that no door may stumble over: each answered with a clear 4xx, set aside, or taken, as it
 * says. Event times are of March 2026; a clock that judges the future must not be set before that.
 */
export const BAD_INPUTS: readonly BadInput[] = [
  ...syntaxCases,
  ...truncatedCases,
  ...structureCases,
  ...valueCases,
  ...textCases,
  ...envelopeCases,
];
