import { celFunc, CelScalar, type CelFunc, type CelInput, isCelMap } from '@bufbuild/cel';
import { timestampMs } from '@bufbuild/protobuf/wkt';
import { instantOf } from './instant';
import { type Money, moneyForEvent, moneyInEvent } from './money';
import { DAY_MS } from './span';

const { DOUBLE, INT, DYN } = CelScalar;

/** What `let` may use beside CEL's own, and "an int literal beside a double is a double". */
export const factFunctions: CelFunc[] = [
  difference('minutes', 60_000),
  difference('hours', 3_600_000),
  difference('days', DAY_MS),
  celFunc('minus', [DYN, DYN], DYN, (a, b) => ofTwo(a, b, (x, y) => x.value.minus(y.value))),
  celFunc('plus', [DYN, DYN], DYN, (a, b) => ofTwo(a, b, (x, y) => x.value.plus(y.value))),
  ...mixed('_+_', (a, b) => a + b),
  ...mixed('_-_', (a, b) => a - b),
  ...mixed('_*_', (a, b) => a * b),
  ...mixed('_/_', (a, b) => a / b),
];

function difference(name: string, unit: number): CelFunc {
  return celFunc(name, [DYN, DYN], DOUBLE, (a, b) => (millis(a) - millis(b)) / unit);
}

function millis(value: unknown): number {
  const message = (value as { message?: { $typeName?: string } } | null)?.message;
  if (message?.$typeName === 'google.protobuf.Timestamp') {
    return timestampMs(message as Parameters<typeof timestampMs>[0]);
  }
  const instant = instantOf(value);
  if (instant === undefined) throw new Error('not an instant');
  return instant;
}

function ofTwo(a: unknown, b: unknown, combine: (x: Money, y: Money) => Money['value']): CelInput {
  const [x, y] = [money(a), money(b)];
  if (!x || x.currency !== y?.currency) throw new Error('not two monies of one currency');
  const result = moneyForEvent({ value: combine(x, y), currency: x.currency });
  if (!result) throw new Error('no decimal');
  return new Map(Object.entries(result));
}

function money(value: unknown): Money | undefined {
  if (!isCelMap(value)) return undefined;
  return moneyInEvent({ value: value.get('value'), currency: value.get('currency') });
}

function mixed(operator: string, apply: (a: number, b: number) => number): CelFunc[] {
  return [
    celFunc(operator, [DOUBLE, INT], DOUBLE, (a, b) => apply(a, Number(b))),
    celFunc(operator, [INT, DOUBLE], DOUBLE, (a, b) => apply(Number(a), b)),
  ];
}
