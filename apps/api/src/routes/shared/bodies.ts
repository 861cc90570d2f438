import { DOCUMENT_LIMITS } from '@amends/contracts';
import { z } from 'zod';
import type { BodySpec } from '../../http/route';

/** A JSON body of this shape; unknown fields are refused by the schema (`strictObject`). */
export function jsonBody<T extends z.ZodType>(schema: T): BodySpec<z.output<T>> {
  return {
    schema: schema as unknown as z.ZodType<z.output<T>>,
    types: ['application/json'],
    reading: 'json',
    maxBytes: DOCUMENT_LIMITS.maxBytes,
  };
}

/** A body that may be left out, as if it were `{}`. */
export function optionalJsonBody<T extends z.ZodType>(schema: T): BodySpec<z.output<T>> {
  return { ...jsonBody(schema), isOptional: true };
}

/** An action that is told nothing. */
export const nothing = z.strictObject({}).meta({ id: 'Nothing' });
