import { ruleShape } from './definition/rule';
import type { JsonSchema, SchemaDefs } from './shape';

/**
 * JSON Schema 2020-12 of the rule document, with descriptions, for editors. Every document that
 * `parseRule` takes is valid under it; what goes across the document only `parseRule` sees.
 */
export function ruleJsonSchema(): JsonSchema {
  const defs: SchemaDefs = new Map();
  const schema = ruleShape.schema(defs);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:amends:schema:rule',
    title: 'Rule',
    ...schema,
    $defs: Object.fromEntries([...defs].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}
