import type { Conditions } from '@amends/domain';
import { isPlainObject } from '../../json';
import {
  definition,
  wrongType,
  type JsonSchema,
  type Place,
  type SchemaDefs,
  type Shape,
} from '../shape';
import { BOUNDS } from './bounds';
import { isPath, pathHint } from './names';
import {
  fieldRefSchema,
  isFieldRef,
  listSchema,
  operatorsShape,
  readFieldRef,
  readScalar,
  readScalars,
  SCALAR_SCHEMA,
} from './operators';

/** A map of conditions, all of which must hold; `any` and `not` nest. */
export const conditionsShape: Shape<Conditions> = {
  read: (value, place) => readMap(value, place, 1),
  schema: (defs) => definition('conditions', defs, () => conditionsSchema(defs)),
};

function readMap(value: unknown, place: Place, depth: number): Conditions | undefined {
  if (!isPlainObject(value)) return wrongType(value, 'object', place);
  if (depth > BOUNDS.conditionDepth) {
    return place.problem('conditions_too_deep', { params: { max: BOUNDS.conditionDepth } });
  }
  const entries = Object.entries(value);
  if (entries.length === 0 && depth > 1) return place.problem('empty_conditions');
  const draft: Record<string, unknown> = {};
  for (const [key, entry] of entries) {
    const read = readEntry(key, entry, place.at(key), depth);
    if (read !== undefined) draft[key] = read;
  }
  return draft as Conditions;
}

function readEntry(key: string, entry: unknown, place: Place, depth: number): unknown {
  if (key === 'any') return readAny(entry, place, depth);
  if (key === 'not') {
    return isPlainObject(entry) ? readMap(entry, place, depth + 1) : place.problem('not_shape');
  }
  place.conditions.count++;
  if (place.conditions.count > BOUNDS.conditions) {
    // Said once: at the first that is too many.
    if (place.conditions.count === BOUNDS.conditions + 1) {
      place.problem('too_many_conditions', { params: { max: BOUNDS.conditions } });
    }
    return undefined;
  }
  const operand = readOperand(entry, place);
  if (isPath(key)) return operand;
  return place.problem('bad_path', { params: { path: key }, hint: pathHint(key) });
}

function readAny(entry: unknown, place: Place, depth: number): unknown {
  if (!Array.isArray(entry)) return place.problem('any_shape');
  if (entry.length === 0) return place.problem('empty_list', { hint: ['use_any'] });
  const max = BOUNDS.listItems;
  if (entry.length > max) return place.problem('too_many', { params: { max } });
  return entry.map((map: unknown, index) => {
    const item = place.at(index);
    // An empty map keeps the place of what is wrong.
    if (!isPlainObject(map)) return item.problem('any_shape') ?? {};
    return readMap(map, item, depth + 1) ?? {};
  });
}

function readOperand(entry: unknown, place: Place): unknown {
  if (Array.isArray(entry)) return readScalars(entry, 'in', place);
  if (isFieldRef(entry)) return readFieldRef(entry, place);
  if (isPlainObject(entry)) return operatorsShape.read(entry, place);
  return readScalar(entry, 'eq', place);
}

function conditionsSchema(defs: SchemaDefs): JsonSchema {
  const self = definition('conditions', defs, () => ({}));
  return {
    type: 'object',
    description: 'Conditions by path, all of which must hold.',
    properties: {
      any: {
        type: 'array',
        description: 'Condition maps of which one must hold.',
        items: { ...self, minProperties: 1 },
        minItems: 1,
        maxItems: BOUNDS.listItems,
      },
      not: { ...self, description: 'A condition map that must not hold.', minProperties: 1 },
    },
    additionalProperties: {
      description: 'Equals this, is one of these, or the operators hold.',
      anyOf: [SCALAR_SCHEMA, listSchema(), fieldRefSchema(defs), operatorsShape.schema(defs)],
    },
  };
}
