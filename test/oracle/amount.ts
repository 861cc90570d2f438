import { Fraction } from './fraction';
import { minorUnit, type Money, moneyInEvent, moneyInRule } from './money';
import type { RawRule } from './model';
import { lookup, type Scope } from './scope';

/** What is owed: nothing, an amount, or one that a person must find. */
export type Amount =
  { kind: 'nothing' } | { kind: 'unknown' } | { kind: 'money'; money: Money; review: boolean };

const nothing: Amount = { kind: 'nothing' };
const unknown: Amount = { kind: 'unknown' };

/** Amount → min → max → round half up once. `units` units are paid as one sum. */
export function amountOf(pay: RawRule, scope: Scope, units: number): Amount {
  const base = baseOf(pay.amount, scope);
  if (base.kind !== 'money') return base;
  const value = base.money.value.times(Fraction.ofNumber(units));
  const clamped = clamp({ value, currency: base.money.currency }, pay);
  if (clamped.kind !== 'money') return clamped;
  const { money } = clamped;
  const rounded = money.value.roundHalfUp(minorUnit(money.currency));
  if (!rounded.isPositive()) return nothing;
  const review = base.review || clamped.review;
  return { kind: 'money', money: { value: rounded, currency: money.currency }, review };
}

/** The one of several monies that is of a currency; a single money is a list of one. */
export function ofCurrency(monies: RawRule, currency: string): Money | undefined {
  const list: unknown[] = Array.isArray(monies) ? monies : [monies];
  return list.map(moneyInRule).find((money) => money?.currency === currency);
}

function baseOf(amount: RawRule, scope: Scope): Amount {
  if (amount?.fixed !== undefined) return fixed(amount.fixed, scope);
  if (amount?.percent !== undefined) return percent(amount, scope);
  if (amount?.bands !== undefined) return banded(amount, scope);
  return nothing;
}

/** A single one as it stands, a list by `data.currency`. */
function fixed(monies: RawRule, scope: Scope): Amount {
  const currency = lookup(scope, 'data.currency');
  const money = Array.isArray(monies)
    ? typeof currency === 'string' && ofCurrency(monies, currency)
    : moneyInRule(monies);
  return money ? { kind: 'money', money, review: false } : unknown;
}

function percent(share: RawRule, scope: Scope): Amount {
  const of = moneyInEvent(lookup(scope, share.of));
  if (!of) return nothing;
  const value = of.value.times(Fraction.ofNumber(share.percent)).dividedBy(Fraction.ofNumber(100));
  return { kind: 'money', money: { value, currency: of.currency }, review: false };
}

/** The highest band whose lower bound the value reaches. */
function banded(bands: RawRule, scope: Scope): Amount {
  const value = lookup(scope, bands.bands);
  if (typeof value !== 'number') return nothing;
  const reached = bands.steps.filter((step: RawRule) => value >= step.from);
  const step = reached.sort((a: RawRule, b: RawRule) => a.from - b.from).at(-1);
  if (!step) return nothing;
  const base = step.pay === undefined ? percent(step, scope) : fixed(step.pay, scope);
  return base.kind === 'money' ? clamp(base.money, step) : base;
}

/** Zero or less pays nothing, before `min`; a min or max of another currency: review. */
function clamp(money: Money, bounds: RawRule): Amount {
  if (!money.value.isPositive()) return nothing;
  let { value } = money;
  let review = false;
  if (bounds.min !== undefined) {
    const min = ofCurrency(bounds.min, money.currency);
    if (min && min.value.compare(value) > 0) value = min.value;
    review ||= !min;
  }
  if (bounds.max !== undefined) {
    const max = ofCurrency(bounds.max, money.currency);
    if (max && max.value.compare(value) < 0) value = max.value;
    review ||= !max;
  }
  return { kind: 'money', money: { value, currency: money.currency }, review };
}
