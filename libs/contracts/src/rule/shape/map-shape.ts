import { isPlainObject } from '../../json';
import type { Draft } from './draft';
import { wrongType } from './expected';
import type { Shape } from './shape';

export interface MapOptions {
  readonly description: string;
  readonly max: number;
  /** What a key must be; else it is reported as `bad_name`. */
  readonly key: RegExp;
}

/** A map with keys of the writer's own choice. */
export function mapShape<T>(
  entryShape: Shape<T>,
  options: MapOptions,
): Shape<Readonly<Record<string, T>>> {
  const { description, max, key: keyPattern } = options;
  return {
    read(value, place) {
      if (!isPlainObject(value)) return wrongType(value, 'object', place);
      const entries = Object.entries(value);
      if (entries.length > max) return place.problem('too_many', { params: { max } });
      const draft: Record<string, unknown> = {};
      for (const [key, entry] of entries) {
        if (!keyPattern.test(key)) place.at(key).problem('bad_name', { params: { name: key } });
        const read = entryShape.read(entry, place.at(key));
        if (read !== undefined) draft[key] = read;
      }
      return draft as Draft<Readonly<Record<string, T>>>;
    },
    schema: (defs) => ({
      type: 'object',
      description,
      propertyNames: { pattern: keyPattern.source },
      additionalProperties: entryShape.schema(defs),
      maxProperties: max,
    }),
  };
}
