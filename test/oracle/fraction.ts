/** An exact rational number: money is never a float. */
export class Fraction {
  private constructor(
    readonly numerator: bigint,
    readonly denominator: bigint,
  ) {}

  static readonly zero = new Fraction(0n, 1n);

  /** The value of a decimal such as `-12.50`, `7` or `1e-7`; undefined when it is none. */
  static parse(text: string): Fraction | undefined {
    const match = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text);
    if (!match) return undefined;
    const decimals = match[3] ?? '';
    const digits = BigInt(`${match[2]}${decimals}`) * (match[1] === '-' ? -1n : 1n);
    const exponent = Number(match[4] ?? 0) - decimals.length;
    return exponent >= 0
      ? new Fraction(digits * 10n ** BigInt(exponent), 1n)
      : new Fraction(digits, 10n ** BigInt(-exponent));
  }

  /** The decimal that a number is written as. */
  static ofNumber(value: number): Fraction {
    const parsed = Fraction.parse(String(value));
    if (!parsed) throw new Error(`not a finite number: ${value}`);
    return parsed;
  }

  plus(other: Fraction): Fraction {
    return new Fraction(
      this.numerator * other.denominator + other.numerator * this.denominator,
      this.denominator * other.denominator,
    );
  }

  minus(other: Fraction): Fraction {
    return this.plus(new Fraction(-other.numerator, other.denominator));
  }

  times(other: Fraction): Fraction {
    return new Fraction(this.numerator * other.numerator, this.denominator * other.denominator);
  }

  dividedBy(other: Fraction): Fraction {
    const sign = other.numerator < 0n ? -1n : 1n;
    return new Fraction(
      this.numerator * other.denominator * sign,
      this.denominator * other.numerator * sign,
    );
  }

  /** Negative, zero or positive, as this is less than, equal to or more than the other. */
  compare(other: Fraction): number {
    const difference = this.minus(other).numerator;
    return difference < 0n ? -1 : difference > 0n ? 1 : 0;
  }

  isPositive(): boolean {
    return this.numerator > 0n;
  }

  isZero(): boolean {
    return this.numerator === 0n;
  }

  toNumber(): number {
    return Number(this.numerator) / Number(this.denominator);
  }

  /** Half up (towards plus infinity) to so many decimals. */
  roundHalfUp(decimals: number): Fraction {
    const scale = 10n ** BigInt(decimals);
    const doubled = 2n * this.numerator * scale + this.denominator;
    const divisor = 2n * this.denominator;
    const floor = doubled / divisor - (doubled % divisor < 0n ? 1n : 0n);
    return new Fraction(floor, scale);
  }

  /** Written with exactly so many decimals; undefined when that would lose something. */
  toDecimal(decimals: number): string | undefined {
    const scale = 10n ** BigInt(decimals);
    if ((this.numerator * scale) % this.denominator !== 0n) return undefined;
    const scaled = (this.numerator * scale) / this.denominator;
    const sign = scaled < 0n ? '-' : '';
    const digits = (scaled < 0n ? -scaled : scaled).toString().padStart(decimals + 1, '0');
    if (decimals === 0) return `${sign}${digits}`;
    return `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
  }
}
