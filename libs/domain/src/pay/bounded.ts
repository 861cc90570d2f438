import type { WhyLine } from '../conditions/why';
import { compareDecimals } from '../values/decimal';
import { type ExactMoney, type Money, formatMoney, roundMoney, toExact } from '../values/money';
import { type CompiledMonies, inCurrency } from './monies';

/** An amount on its way through min and max, with the lines of `why` that tell what they did. */
export class Bounded {
  /** Why a person must look at it, if a bound says nothing of the currency. */
  needsReview: string | undefined;

  constructor(
    private sum: ExactMoney,
    private readonly first: WhyLine,
    private readonly rest: WhyLine[] = [],
  ) {}

  isZeroOrLess(): boolean {
    return this.sum.amount.units <= 0n;
  }

  raiseTo(min: CompiledMonies | undefined): void {
    const bound = this.find('min', min);
    if (bound && this.compareTo(bound) < 0) this.set('min', bound);
  }

  lowerTo(max: CompiledMonies | undefined): void {
    const bound = this.find('max', max);
    if (bound && this.compareTo(bound) > 0) this.set('max', bound);
  }

  multiplyBy(units: bigint): void {
    if (units === 1n) return;
    const { amount, currency } = this.sum;
    this.sum = { amount: { units: amount.units * units, scale: amount.scale }, currency };
    this.rest.push({ units: Number(units) });
  }

  /** Rounded once, half up, to the currency's minor unit. */
  round(): Money {
    return roundMoney(this.sum);
  }

  why(money: Money | null): WhyLine[] {
    return [money ? { ...this.first, pay: formatMoney(money) } : this.first, ...this.rest];
  }

  private compareTo(bound: Money): number {
    return compareDecimals(this.sum.amount, toExact(bound).amount);
  }

  private find(name: string, monies: CompiledMonies | undefined): Money | undefined {
    if (!monies) return undefined;
    const { currency } = this.sum;
    const bound = inCurrency(monies, currency);
    if (bound) return bound;
    this.needsReview ??= 'currency_not_covered';
    this.rest.push({ review: 'currency_not_covered', by: name, currency });
    return undefined;
  }

  private set(name: string, bound: Money): void {
    this.sum = toExact(bound);
    this.rest.push({ [name]: formatMoney(bound) });
  }
}
