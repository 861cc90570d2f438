import type { ProblemCode } from '../report/problem-texts';
import type { Draft } from './draft';
import { wrongType } from './expected';
import type { AnyShape, Place, Shape, TypeOf } from './shape';

export interface ListOptions<T> {
  readonly description: string;
  readonly min?: number;
  readonly max: number;
  /** Reported when there are fewer than `min`. */
  readonly tooFew?: ProblemCode;
  /** Items with the same text here are refused the second time. */
  readonly unique?: { readonly of: (item: Draft<T>) => string; readonly code: ProblemCode };
}

export function listShape<S extends AnyShape>(
  item: S,
  options: ListOptions<TypeOf<S>>,
): Shape<readonly TypeOf<S>[]> {
  return listOf(item as unknown as Shape<TypeOf<S>>, options);
}

function listOf<T>(item: Shape<T>, options: ListOptions<T>): Shape<readonly T[]> {
  const { description, max, unique } = options;
  const min = options.min ?? 0;
  return {
    read(value, place) {
      if (!Array.isArray(value)) return wrongType(value, 'list', place);
      if (value.length < min) {
        return place.problem(options.tooFew ?? (min === 1 ? 'empty_list' : 'number_range'), {
          params: { min, max },
        });
      }
      if (value.length > max) return place.problem('too_many', { params: { max } });
      const items = value.map((entry, index) => item.read(entry, place.at(index)));
      if (unique) reportTwins(items, unique, place);
      return items;
    },
    schema: (defs) => ({
      type: 'array',
      description,
      items: item.schema(defs),
      ...(min === 0 ? {} : { minItems: min }),
      maxItems: max,
    }),
  };
}

function reportTwins<T>(
  items: readonly (Draft<T> | undefined)[],
  unique: NonNullable<ListOptions<T>['unique']>,
  place: Place,
): void {
  const seen = new Set<string>();
  items.forEach((item, index) => {
    if (item === undefined) return;
    const value = unique.of(item);
    if (seen.has(value)) {
      place.at(index).problem(unique.code, { params: { value, currency: value } });
    }
    seen.add(value);
  });
}
