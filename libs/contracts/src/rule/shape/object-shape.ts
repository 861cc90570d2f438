import { isPlainObject } from '../../json';
import { nearest } from '../report/nearest';
import type { Draft } from './draft';
import { wrongType } from './expected';
import type { AnyShape, JsonSchema, Place, SchemaDefs, Shape, TypeOf } from './shape';

export interface RequiredField<T> {
  readonly shape: Shape<T>;
  readonly required: true;
}

export interface OptionalField<T> {
  readonly shape: Shape<T>;
  readonly required: false;
}

/** A field for every key of `T`, required exactly where `T` requires it. */
export type Fields<T> = {
  readonly [Key in keyof T]-?: object extends Pick<T, Key>
    ? OptionalField<NonNullable<T[Key]>>
    : RequiredField<T[Key]>;
};

export function required<S extends AnyShape>(shape: S): RequiredField<TypeOf<S>> {
  return { shape: shape as unknown as Shape<TypeOf<S>>, required: true };
}

export function optional<S extends AnyShape>(shape: S): OptionalField<TypeOf<S>> {
  return { shape: shape as unknown as Shape<TypeOf<S>>, required: false };
}

export interface ObjectOptions {
  readonly description: string;
  /** Keys that belong to other variants of this object, with the names of those. */
  readonly elsewhere?: ReadonlyMap<string, string>;
}

type AnyField = RequiredField<unknown> | OptionalField<unknown>;

/** An object with exactly these keys. */
export function objectShape<T extends object>(
  fields: Fields<T>,
  options: ObjectOptions,
): Shape<T> & { readonly keys: readonly string[] } {
  const entries: [string, AnyField][] = Object.entries<AnyField>(fields);
  const byKey = new Map(entries);
  return {
    keys: [...byKey.keys()],
    read(value, place) {
      if (!isPlainObject(value)) return wrongType(value, 'object', place);
      const draft: Record<string, unknown> = {};
      for (const [key, entry] of Object.entries(value)) {
        const field = byKey.get(key);
        if (field === undefined) reportUnknown(key, byKey.keys(), options, place);
        else draft[key] = field.shape.read(entry, place.at(key));
      }
      for (const [key, field] of entries) {
        if (!field.required || Object.hasOwn(value, key)) continue;
        place.problem('missing_key', { params: { key } });
      }
      return draft as Draft<T>;
    },
    schema: (defs) => objectSchema(entries, options.description, defs),
  };
}

function reportUnknown(
  key: string,
  known: Iterable<string>,
  { elsewhere }: ObjectOptions,
  place: Place,
): void {
  const types = elsewhere?.get(key);
  if (types !== undefined) {
    place.at(key).problem('not_for_this_type', { params: { key, types } });
    return;
  }
  const near = nearest(key, known);
  place.at(key).problem('unknown_key', {
    params: { key },
    hint: near === undefined ? undefined : ['did_you_mean', { name: near }],
  });
}

function objectSchema(
  entries: readonly [string, AnyField][],
  description: string,
  defs: SchemaDefs,
): JsonSchema {
  const requiredKeys = entries.filter(([, field]) => field.required).map(([key]) => key);
  return {
    type: 'object',
    description,
    properties: Object.fromEntries(entries.map(([key, field]) => [key, field.shape.schema(defs)])),
    ...(requiredKeys.length === 0 ? {} : { required: requiredKeys }),
    additionalProperties: false,
  };
}
