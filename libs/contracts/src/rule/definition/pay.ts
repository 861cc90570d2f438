import type { Amount, Band, Pay, PayAs } from '@amends/domain';
import { isPlainObject } from '../../json';
import { nearest } from '../report/nearest';
import {
  described,
  listShape,
  numberShape,
  objectShape,
  optional,
  required,
  wordShape,
  wrongType,
  type Draft,
  type Place,
  type Shape,
} from '../shape';
import { BOUNDS } from './bounds';
import { moniesShape } from './money';
import { pathShape } from './names';

const AS: readonly PayAs[] = ['refund', 'credit', 'voucher', 'replacement', 'nothing'];

const percentShape: Shape<number> = {
  read(value, place) {
    if (typeof value !== 'number') return wrongType(value, 'number', place);
    return value > 0 && value <= BOUNDS.maxPercent ? value : place.problem('percent_range');
  },
  schema: () => ({
    type: 'number',
    description: 'Per cent; 12.5 is exact.',
    exclusiveMinimum: 0,
    maximum: BOUNDS.maxPercent,
  }),
};

const percentFields = {
  percent: required(percentShape),
  of: required(pathShape('Path of a money.')),
};

type BandOf<Kind> = Extract<Band, Kind>;
type PayBand = BandOf<{ readonly pay: unknown }>;
type PercentBand = BandOf<{ readonly percent: unknown }>;

const bandBounds = {
  from: required(numberShape('Lower bound, which the band holds.')),
  min: optional(described('At least.', moniesShape)),
  max: optional(described('At most.', moniesShape)),
};

const bandShape: Shape<Band> = variants(
  [
    {
      key: 'pay',
      shape: objectShape<PayBand>(
        { ...bandBounds, pay: required(described('A sum.', moniesShape)) },
        { description: 'A band that pays a sum.' },
      ),
    },
    {
      key: 'percent',
      shape: objectShape<PercentBand>(
        { ...bandBounds, ...percentFields },
        { description: 'A band that pays a part of a money.' },
      ),
    },
  ],
  'band_kind',
);

const amountShape: Shape<Amount> = variants(
  [
    {
      key: 'fixed',
      shape: objectShape<Extract<Amount, { readonly fixed: unknown }>>(
        { fixed: required(described('A sum.', moniesShape)) },
        { description: 'A sum, or one per currency.' },
      ),
    },
    {
      key: 'percent',
      shape: objectShape<Extract<Amount, { readonly percent: unknown }>>(percentFields, {
        description: 'A part of a money.',
      }),
    },
    {
      key: 'bands',
      shape: objectShape<Extract<Amount, { readonly bands: unknown }>>(
        {
          bands: required(pathShape('Path of the number that chooses the band.')),
          steps: required(
            listShape(bandShape, {
              description: 'Bands, rising; below the lowest nothing is owed.',
              min: 1,
              max: BOUNDS.listItems,
            }),
          ),
        },
        { description: 'Sums by bands of a number.' },
      ),
    },
  ],
  'amount_kind',
);

interface Variant {
  /** The key that only this variant has. */
  readonly key: string;
  readonly shape: Shape<object> & { readonly keys: readonly string[] };
}

/** An object of one of several kinds, told apart by their keys. */
function variants<T>(
  kinds: readonly { readonly key: string; readonly shape: unknown }[],
  code: 'amount_kind' | 'band_kind',
): Shape<T> {
  const known = kinds as readonly Variant[];
  return {
    read(value, place: Place) {
      if (!isPlainObject(value)) return wrongType(value, 'object', place);
      const present = known.filter(({ key }) => Object.hasOwn(value, key));
      const [kind] = present;
      if (kind === undefined) {
        noneOf(known, value, place, code);
        return;
      }
      if (present.length === 1) return kind.shape.read(value, place) as Draft<T> | undefined;
      place.problem(code);
      return kind.shape.read(pick(value, kind.shape.keys), place) as Draft<T> | undefined;
    },
    schema: (defs) => ({ anyOf: known.map(({ shape }) => shape.schema(defs)) }),
  };
}

/** A map of none of the kinds: the key that tells them may be misspelt. */
function noneOf(
  known: readonly Variant[],
  value: Readonly<Record<string, unknown>>,
  place: Place,
  code: 'amount_kind' | 'band_kind',
): undefined {
  const keys = new Set(known.flatMap(({ shape }) => shape.keys));
  const strange = Object.keys(value).filter((key) => !keys.has(key));
  const hints = strange.map((key) => nearest(key, keys));
  if (!hints.some((near) => known.some(({ key }) => key === near))) place.problem(code);
  strange.forEach((key, index) => {
    const name = hints[index];
    const hint = name === undefined ? undefined : (['did_you_mean', { name }] as const);
    place.at(key).problem('unknown_key', { params: { key }, hint });
  });
}

function pick(
  value: Readonly<Record<string, unknown>>,
  keys: readonly string[],
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(value).filter(([key]) => keys.includes(key)));
}

/** How much is owed, and by which means. */
export const payShape = objectShape<Pay>(
  {
    as: required(wordShape(AS, 'By which means; nothing: a word of apology alone.')),
    payment: optional(pathShape('Path of the payment that a refund goes back to.')),
    amount: optional(described('How much, before min, max and rounding.', amountShape)),
    min: optional(described('At least.', moniesShape)),
    max: optional(described('At most.', moniesShape)),
    approve_over: optional(described('More than this needs a person.', moniesShape)),
    settle: optional(wordShape(['each', 'end'], 'With accrue: each unit by itself, or one sum.')),
  },
  { description: 'How much is owed?' },
);
