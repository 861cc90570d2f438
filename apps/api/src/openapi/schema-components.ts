import { z } from 'zod';

type JsonSchema = Record<string, unknown>;

/** Collects the schemas that have a name, so that every operation refers to one copy of them. */
export class SchemaComponents {
  readonly schemas: Record<string, JsonSchema> = {};

  /** What is sent to us: fields that are not named are refused. */
  ofRequest(schema: z.ZodType): JsonSchema {
    return this.convert(schema, 'input');
  }

  /** What we answer: clients ignore fields they do not know, as the contract says. */
  ofAnswer(schema: z.ZodType): JsonSchema {
    return this.convert(schema, 'output');
  }

  private convert(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const json = z.toJSONSchema(schema, {
      target: 'draft-2020-12',
      io,
      unrepresentable: 'any',
    }) as JsonSchema;
    const { $defs, $schema: _, ...root } = json;
    for (const [name, definition] of Object.entries(($defs ?? {}) as Record<string, JsonSchema>)) {
      this.add(name, tidy(definition, io));
    }
    const id = schema.meta()?.id;
    if (id === undefined || root['$ref'] !== undefined) return tidy(root, io);
    this.add(id, tidy(root, io));
    return { $ref: `#/components/schemas/${id}` };
  }

  private add(name: string, schema: JsonSchema): void {
    const known = this.schemas[name];
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(schema)) {
      throw new Error(`two different schemas are called ${name}`);
    }
    this.schemas[name] = schema;
  }
}

/** References into the components, no ids, and answers open for fields to come. */
function tidy(value: JsonSchema, io: 'input' | 'output'): JsonSchema {
  return walk(value, io) as JsonSchema;
}

function walk(value: unknown, io: 'input' | 'output'): unknown {
  if (Array.isArray(value)) return value.map((item) => walk(item, io));
  if (typeof value !== 'object' || value === null) return value;
  const result: JsonSchema = {};
  for (const [key, part] of Object.entries(value)) {
    if (key === 'id' || key === '$id') {
      if (typeof part === 'string') continue;
    }
    if (key === 'additionalProperties' && part === false && io === 'output') continue;
    if (key === '$ref' && typeof part === 'string') {
      result[key] = part.replace('#/$defs/', '#/components/schemas/');
      continue;
    }
    result[key] = walk(part, io);
  }
  return result;
}
