import { currencyCodes, minorDigits, parseMoneyLiteral } from '@amends/domain';
import type { Monies } from '@amends/domain';
import { isPlainObject } from '../../json';
import { nearest } from '../report/nearest';
import type { Remark } from '../report/report';
import {
  definition,
  listShape,
  wrongType,
  type JsonSchema,
  type Place,
  type Shape,
} from '../shape';
import { BOUNDS } from './bounds';

const EXAMPLE = '13.00 CNY';
const WRITTEN = /^(-?)(\d+(?:\.\d+)?) ?([A-Za-z]{3})$/;

/** `"13.00 CNY"`: exact decimal, active ISO 4217 code, no more decimals than the currency has. */
export const moneyShape: Shape<string> = {
  read(value, place) {
    if (typeof value === 'number') {
      const example = `${value} CNY`;
      return place.problem('bare_number_money', { hint: ['write_money', { example }] });
    }
    if (isPlainObject(value)) return moneyObject(value, place);
    if (typeof value !== 'string') return wrongType(value, 'text', place);
    const literal = parseMoneyLiteral(value);
    if (!literal.ok) return explain(value, place);
    return literal.money.minor < 0n ? place.problem('negative_money') : value;
  },
  schema: (defs) => definition('money', defs, moneySchema),
};

/** One money, or a list of one per currency. */
export const moniesShape: Shape<Monies> = {
  read(value, place) {
    const isList = Array.isArray(value);
    if (isList) return moneyList.read(value, place);
    if (value === null || typeof value === 'boolean') return wrongType(value, 'monies', place);
    return moneyShape.read(value, place);
  },
  schema: (defs) => ({
    description: 'A money, or a list of one per currency.',
    anyOf: [moneyShape.schema(defs), moneyList.schema(defs)],
  }),
};

const moneyList = listShape(moneyShape, {
  description: 'One money per currency.',
  min: 1,
  max: BOUNDS.listItems,
  unique: { of: (money) => money.slice(-3), code: 'duplicate_currency' },
});

function moneyObject(value: Readonly<Record<string, unknown>>, place: Place): string | undefined {
  const { value: amount, currency } = value;
  const isMoney = typeof amount === 'string' && typeof currency === 'string';
  const example = isMoney ? `${amount} ${currency}` : EXAMPLE;
  return place.problem('money_object', { hint: ['write_money', { example }] });
}

/** Says what keeps a text from being money. */
function explain(value: string, place: Place): string | undefined {
  const match = WRITTEN.exec(value);
  if (!match) return badMoney(value, place);
  const [, sign = '', amount = '', code = ''] = match;
  const currency = code.toUpperCase();
  const digits = minorDigits(currency);
  if (digits === undefined) {
    const near = nearest(currency, currencyCodes());
    const hint = near === undefined ? undefined : (['did_you_mean', { name: near }] as const);
    return place.problem('unknown_currency', { params: { currency: code }, hint });
  }
  const hint: Remark['hint'] = ['write_money', { example: `${sign}${amount} ${currency}` }];
  if (code !== currency) return place.problem('currency_case', { hint });
  const decimals = amount.split('.')[1]?.length ?? 0;
  if (decimals > digits)
    return place.problem('too_many_decimals', { params: { currency, digits } });
  return badMoney(value, place, hint);
}

function badMoney(value: string, place: Place, hint?: Remark['hint']): string | undefined {
  return place.problem('bad_money', { params: { value }, hint });
}

function moneySchema(): JsonSchema {
  const byDigits = new Map<number, string[]>();
  for (const code of currencyCodes()) {
    const digits = minorDigits(code) ?? 0;
    byDigits.set(digits, [...(byDigits.get(digits) ?? []), code]);
  }
  const forms = [...byDigits].map(([digits, codes]) => {
    const fraction = digits === 0 ? '' : `(?:\\.\\d{1,${digits}})?`;
    return `\\d{1,15}${fraction} (?:${codes.join('|')})`;
  });
  return {
    type: 'string',
    description: 'Exact decimal and ISO 4217 code, in quotes.',
    pattern: `^(?:${forms.join('|')})$`,
    examples: [EXAMPLE],
  };
}
