import { type z } from 'zod';
import { isRepeatable } from '../http/parameters';
import type { AnswerSpec, ExampleSpec, RouteSpec } from '../http/route';
import { problemsByStatus } from './route-problems';
import type { RecordedAnswers } from './recorded-answers';
import type { SchemaComponents } from './schema-components';

type Json = Record<string, unknown>;

const PROBLEM = 'application/problem+json';
const ETAG_EXAMPLE = { schema: { type: 'string' }, description: 'Strong entity tag' };
const REQUEST_ID = { $ref: '#/components/headers/RequestId' };

/** One operation of the document. */
export function operationOf(
  route: RouteSpec,
  components: SchemaComponents,
  recorded: RecordedAnswers,
): Json {
  return {
    operationId: route.id,
    tags: [route.tag],
    summary: route.summary,
    description: descriptionOf(route),
    ...securityOf(route),
    ...(route.roles === 'anyone' ? {} : { 'x-roles': route.roles }),
    parameters: parametersOf(route, components),
    ...(route.body === undefined ? {} : { requestBody: bodyOf(route, components) }),
    responses: responsesOf(route, components, recorded[route.id] ?? {}),
  };
}

/** As the document has it, unless it is otherwise here: changes by a session bring its token. */
function securityOf(route: RouteSpec): Json {
  if (route.roles === 'anyone') return { security: [] };
  if (route.method === 'GET') return {};
  return { security: [{ apiKey: [] }, { session: [], csrfToken: [] }] };
}

function descriptionOf(route: RouteSpec): string {
  const roles = route.roles === 'anyone' ? 'Needs no key.' : `Roles: ${route.roles.join(', ')}.`;
  const labels =
    route.hasLabelFilter === true ? 'Filter by label: `label.<name>=<value>`.' : undefined;
  return [route.description, labels, roles].filter((part) => part !== undefined).join(' ');
}

function parametersOf(route: RouteSpec, components: SchemaComponents): Json[] {
  const path = Object.entries(route.params?.shape ?? {}).map(([name, schema]) => ({
    name,
    in: 'path',
    required: true,
    schema: components.ofRequest(schema as z.ZodType),
    ...examplesOf(route, (example) => pathValue(route, example, name)),
  }));
  const query = Object.entries(route.query?.shape ?? {}).map(([name, schema]) =>
    queryParameter(route, name, schema as z.ZodType, components),
  );
  return [...path, ...query, ...headersOf(route)];
}

function queryParameter(
  route: RouteSpec,
  name: string,
  schema: z.ZodType,
  components: SchemaComponents,
): Json {
  const { description, ...json } = parameterSchema(schema, components);
  return {
    name,
    in: 'query',
    required: !schema.safeParse(undefined).success,
    ...(description === undefined ? {} : { description }),
    schema: json,
    ...(isRepeatable(schema) ? { style: 'form', explode: true } : {}),
    ...examplesOf(route, (example) =>
      queryValue(example, name, schema, json['type'] === 'integer'),
    ),
  };
}

/** Numbers come as digits; what they mean is a number. */
function parameterSchema(schema: z.ZodType, components: SchemaComponents): Json {
  const input = components.ofRequest(schema);
  const output = components.ofAnswer(schema);
  return output['type'] === 'integer' ? { ...output, description: input['description'] } : input;
}

function headersOf(route: RouteSpec): Json[] {
  const text = { type: 'string' };
  const headers: Json[] = [];
  const add = (name: string, description: string, schema: Json = text, required = false) =>
    headers.push({ name, in: 'header', required, description, schema });
  if (route.precondition === 'put') {
    add('If-Match', 'The entity tag of what is replaced, or `*`');
    add('If-None-Match', '`*`: create, never overwrite');
  }
  if (route.precondition === 'match' || route.precondition === 'optional') {
    add('If-Match', 'The entity tag of what is acted upon, or `*`');
  }
  if (route.idempotency !== undefined) {
    const isRequired = route.idempotency === 'required';
    const schema = { ...text, minLength: 1, maxLength: 255 };
    add('Idempotency-Key', 'Kept for 72 h', schema, isRequired);
  }
  if (Object.values(route.answers).some(({ hasETag }) => hasETag) && route.method === 'GET') {
    add('If-None-Match', 'The entity tag that the reader has: 304 if it is still so');
  }
  for (const { name, description } of route.headers ?? []) add(name, description);
  return headers;
}

function bodyOf(route: RouteSpec, components: SchemaComponents): Json {
  const body = route.body;
  if (body === undefined) return {};
  const content: Json = {};
  for (const type of body.types) {
    // What is refused is shown beside the refusal, and would not fit the schema.
    const examples = route.examples.filter(
      (example) => example.status < 400 && typeOf(route, example) === type,
    );
    content[type] = {
      schema: components.ofRequest(body.schemaOf?.[type] ?? body.schema),
      ...(examples.length === 0
        ? {}
        : {
            examples: Object.fromEntries(
              examples.map((example) => [example.name, { value: example.body ?? example.text }]),
            ),
          }),
    };
  }
  return { required: body.isOptional !== true, content };
}

function typeOf(route: RouteSpec, example: ExampleSpec): string | undefined {
  if (example.body === undefined && example.text === undefined) return undefined;
  return example.headers?.['Content-Type'] ?? route.body?.types[0];
}

function responsesOf(
  route: RouteSpec,
  components: SchemaComponents,
  recorded: Readonly<Record<string, unknown>>,
): Json {
  const responses: Json = {};
  for (const [status, answer] of Object.entries(route.answers)) {
    responses[status] = answerOf(answer, components, recordedOf(route, recorded, Number(status)));
  }
  const hasTag = Object.values(route.answers).some(({ hasETag }) => hasETag);
  if (route.method === 'GET' && hasTag) {
    responses['304'] = {
      description: 'The reader has it',
      headers: { 'X-Request-Id': REQUEST_ID },
    };
  }
  for (const [status, codes] of problemsByStatus(route)) {
    responses[String(status)] = {
      description: `\`code\`: ${codes.join(', ')}`,
      headers: problemHeaders(status),
      content: {
        [PROBLEM]: {
          schema: { $ref: '#/components/schemas/Problem' },
          ...exampleMap(recordedOf(route, recorded, status)),
        },
      },
    };
  }
  return responses;
}

function answerOf(answer: AnswerSpec, components: SchemaComponents, examples: Json): Json {
  const { description, schema, type } = answer;
  const headers: Json = { 'X-Request-Id': REQUEST_ID };
  if (answer.hasETag === true) headers['ETag'] = ETAG_EXAMPLE;
  if (answer.hasLocation === true) headers['Location'] = { schema: { type: 'string' } };
  if (answer.isPage === true) {
    headers['Link'] = { schema: { type: 'string' }, description: '`rel="next"`, if there is more' };
  }
  if (schema === undefined && type === undefined) return { description, headers };
  const content =
    type === undefined
      ? {
          'application/json': {
            schema: components.ofAnswer(schema as z.ZodType),
            ...exampleMap(examples),
          },
        }
      : { [type]: { schema: type.endsWith('json') ? {} : { type: 'string' } } };
  return { description, headers, content };
}

function problemHeaders(status: number): Json {
  const headers: Json = { 'X-Request-Id': REQUEST_ID };
  if (status === 412 || status === 428) headers['ETag'] = ETAG_EXAMPLE;
  if (status === 429 || status === 503) headers['Retry-After'] = { schema: { type: 'integer' } };
  return headers;
}

function exampleMap(examples: Json): Json {
  return Object.keys(examples).length === 0 ? {} : { examples };
}

function recordedOf(route: RouteSpec, recorded: RecordedAnswers[string], status: number): Json {
  const examples = route.examples.filter((example) => example.status === status);
  return Object.fromEntries(
    examples.flatMap(({ name }) => {
      const value = recorded[name];
      return value === undefined ? [] : [[name, { value }]];
    }),
  );
}

function examplesOf(route: RouteSpec, value: (example: ExampleSpec) => unknown): Json {
  const found = route.examples
    .filter(({ status }) => status < 400)
    .map((example) => [example.name, value(example)] as const)
    .filter(([, part]) => part !== undefined);
  if (found.length === 0) return {};
  return { examples: Object.fromEntries(found.map(([name, part]) => [name, { value: part }])) };
}

function pathValue(route: RouteSpec, example: ExampleSpec, name: string): string | undefined {
  const given = example.path.split('?', 1)[0]?.split('/') ?? [];
  const index = route.path.split('/').indexOf(`{${name}}`);
  const part = given[index];
  return part === undefined ? undefined : decodeURIComponent(part);
}

function queryValue(
  example: ExampleSpec,
  name: string,
  schema: z.ZodType,
  isInteger: boolean,
): unknown {
  const { searchParams } = new URL(example.path, 'http://localhost');
  const values = searchParams.getAll(name);
  if (values.length === 0) return undefined;
  if (isRepeatable(schema)) return values;
  return isInteger ? Number(values[0]) : values[0];
}
