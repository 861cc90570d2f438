import type { Compensation } from '../model/compensation';
import type { Remedy } from '../remedy';
import { isBlind } from './payout-provider';

/**
 * Why a person has to look before it is sent; undefined: nobody has to. A provider that neither knows
 * a key again nor can be asked is only used behind a person (RELIABILITY.md, section 1a).
 */
export function needsPerson(
  { providers }: Pick<Remedy, 'providers'>,
  { kind, brand }: Pick<Compensation, 'kind' | 'brand'>,
): string | undefined {
  const provider = providers.find(kind, brand);
  if (provider === undefined || !isBlind(provider)) return undefined;
  return `${provider.name} cannot be asked what became of a payout`;
}
