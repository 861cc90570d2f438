import type { WhyLine } from '../conditions/why';
import type { Amount, Band, Monies } from '../rule-document';
import {
  type Decimal,
  decimalFromNumber,
  decimalToString,
  multiplyDecimals,
} from '../values/decimal';
import { type ExactMoney, readMoney, toExact } from '../values/money';
import type { PathReader } from '../values/path';

import type { Scope } from '../values/scope';
import { type CompiledMonies, compileMonies, inCurrency } from './monies';

/** An amount before min, max and rounding. */
export type BaseAmount =
  | {
      readonly kind: 'amount';
      readonly exact: ExactMoney;
      /** Bounds of the band that was met. */
      readonly min?: CompiledMonies;
      readonly max?: CompiledMonies;
      readonly why: WhyLine;
    }
  | { readonly kind: 'nothing'; readonly why: WhyLine }
  | { readonly kind: 'review'; readonly reason: string; readonly why: WhyLine }
  | { readonly kind: 'undecidable'; readonly path: string; readonly why: WhyLine };

export type BaseAmountReader = (scope: Scope, customerCurrency: string | undefined) => BaseAmount;

/** Compiles what stands under `amount`; paths read are added to `paths`. */
export function compileBaseAmount(
  amount: Amount,
  path: (path: string) => PathReader,
): BaseAmountReader {
  if ('fixed' in amount) return fixedAmount(amount.fixed, path);
  if ('percent' in amount) return percentAmount(amount.percent, amount.of, path);
  return bandsAmount(amount.bands, amount.steps, path);
}

function fixedAmount(fixed: Monies, path: (path: string) => PathReader): BaseAmountReader {
  const monies = compileMonies(fixed);
  if (monies.kind === 'single') {
    const { money } = monies;
    return () => ({ kind: 'amount', exact: toExact(money), why: {} });
  }
  const eventCurrency = path('data.currency');
  return (scope, customerCurrency) => {
    const stated = eventCurrency(scope);
    const currency = typeof stated === 'string' ? stated : customerCurrency;
    if (currency === undefined) return review('currency_unknown', null);
    const money = inCurrency(monies, currency);
    if (!money) return review('currency_not_covered', currency);
    return { kind: 'amount', exact: toExact(money), why: {} };
  };
}

function percentAmount(
  percent: number,
  of: string,
  path: (path: string) => PathReader,
): BaseAmountReader {
  const factor = percentFactor(percent);
  const read = path(of);
  return (scope) => {
    const money = readMoney(read(scope));
    if (!money) {
      return { kind: 'undecidable', path: of, why: { percent, of, undecidable: true } };
    }
    const value = `${decimalToString(money.amount)} ${money.currency}`;
    const exact = { amount: multiplyDecimals(money.amount, factor), currency: money.currency };
    return { kind: 'amount', exact, why: { percent, of, of_value: value } };
  };
}

function bandsAmount(
  bands: string,
  steps: readonly Band[],
  path: (path: string) => PathReader,
): BaseAmountReader {
  const read = path(bands);
  const compiled = steps
    .map((step) => ({ from: step.from, ...compileBand(step, path) }))
    .sort((a, b) => b.from - a.from);
  return (scope, customerCurrency) => {
    const value = read(scope);
    if (typeof value !== 'number') {
      return { kind: 'undecidable', path: bands, why: { bands, undecidable: true } };
    }
    const band = compiled.find((candidate) => candidate.from <= value);
    if (!band) return { kind: 'nothing', why: { band: null, value } };
    const base = band.read(scope, customerCurrency);
    const why = { band: band.from, ...base.why };
    return base.kind === 'amount' ? { ...base, ...band.bounds, why } : { ...base, why };
  };
}

function compileBand(
  band: Band,
  path: (path: string) => PathReader,
): { read: BaseAmountReader; bounds: { min?: CompiledMonies; max?: CompiledMonies } } {
  const read =
    'pay' in band ? fixedAmount(band.pay, path) : percentAmount(band.percent, band.of, path);
  return {
    read,
    bounds: {
      ...(band.min === undefined ? {} : { min: compileMonies(band.min) }),
      ...(band.max === undefined ? {} : { max: compileMonies(band.max) }),
    },
  };
}

function review(reason: string, currency: string | null): BaseAmount {
  return { kind: 'review', reason, why: { review: reason, currency } };
}

/** percent / 100, exactly. */
function percentFactor(percent: number): Decimal {
  const decimal = decimalFromNumber(percent);
  if (!decimal) throw new Error(`not a percentage: ${percent}`);
  return { units: decimal.units, scale: decimal.scale + 2 };
}
