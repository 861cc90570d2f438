import type { JsonSchema, SchemaDefs, Shape } from './shape';

/**
 * A shape whose schema stands once, under `$defs`, and is referred to by name: needed where it
 * recurs.
 */
export function namedShape<T>(name: string, shape: Shape<T>): Shape<T> {
  return {
    read: (value, place) => shape.read(value, place),
    schema: (defs) => definition(name, defs, () => shape.schema(defs)),
  };
}

/** A reference to `name`, whose schema is written when it is first referred to. */
export function definition(name: string, defs: SchemaDefs, write: () => JsonSchema): JsonSchema {
  if (!defs.has(name)) {
    defs.set(name, {});
    defs.set(name, write());
  }
  return { $ref: `#/$defs/${name}` };
}

/** The same shape with a description of its own at this place. */
export function described<T>(description: string, shape: Shape<T>): Shape<T> {
  return {
    read: (value, place) => shape.read(value, place),
    schema: (defs) => ({ ...shape.schema(defs), description }),
  };
}
