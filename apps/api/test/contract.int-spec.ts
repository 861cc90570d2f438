import { writeFileSync } from 'node:fs';
import { useTestDatabase } from '@amends/testing';
import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { makeOpenApi } from '../src/openapi/make-openapi';
import {
  readRecordedAnswers,
  RECORDED_FILE,
  type RecordedAnswers,
} from '../src/openapi/recorded-answers';
import type { ExampleSpec, RouteSpec } from '../src/http/route';
import { ROUTES } from '../src/routes';
import { startApi, type Answer, type ApiHarness } from './api-harness';
import { createExampleWorld } from './example-world';
import { withoutVolatile } from './without-volatile';

const database = useTestDatabase({
  invariants: { unchecked: 'the example world is rows for the examples to show, not a life' },
});
const isRecording = process.env['AMENDS_TEST_RECORD'] === '1';
const document = makeOpenApi(readRecordedAnswers());
const recorded: Record<string, Record<string, unknown>> = {};
let api: ApiHarness;

beforeAll(async () => {
  api = await startApi(database().url);
  await createExampleWorld(api.database, database().pool);
});

afterAll(async () => {
  await api.close();
  if (isRecording) writeFileSync(RECORDED_FILE, `${JSON.stringify(recorded, null, 2)}\n`);
});

describe.each(ROUTES.map((route) => [`${route.method} ${route.path}`, route] as const))(
  'the examples of %s',
  (_name, route) => {
    it.each(route.examples.map((example) => [example.name, example] as const))(
      '%s',
      async (_example, example) => {
        const answer = await run(route, example);

        expect({
          status: answer.status,
          body: answer.status === example.status || answer.text,
        }).toEqual({ status: example.status, body: true });
        requireDocumented(route, answer);
        keepOrCompare(route, example, answer);
      },
    );
  },
);

it('every route has an example that works', () => {
  const without = ROUTES.filter(({ examples }) => examples.every(({ status }) => status >= 400));

  // The clock cannot be moved under the wall clock, and a signature is only good for minutes: their
  // own specs do it.
  expect(without.map(({ id }) => id)).toEqual(['takePayoutHook', 'advanceClock']);
});

function run(route: RouteSpec, example: ExampleSpec): Promise<Answer> {
  const type = example.headers?.['Content-Type'] ?? route.body?.types[0];
  const body = example.text ?? example.body;
  return api.call(example.path, {
    method: route.method,
    // Who has a session comes without a key.
    ...(example.headers?.['Cookie'] === undefined ? {} : { key: null }),
    ...(body === undefined ? {} : { body }),
    headers: {
      'X-Request-Id': `req_${route.id}`,
      ...(body === undefined || type === undefined ? {} : { 'Content-Type': type }),
      ...example.headers,
    },
  });
}

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats(ajv);
ajv.addSchema(document, 'openapi');

/** The status, the type and the body of an answer are as the document says. */
function requireDocumented(route: RouteSpec, answer: Answer): void {
  const operation = (document['paths'] as Paths)[route.path]?.[route.method.toLowerCase()];
  const response = operation?.responses[String(answer.status)];
  expect(response).toBeDefined();
  const type = (answer.headers.get('content-type') ?? '').split(';', 1)[0] ?? '';
  if (answer.text === '') return;
  expect(Object.keys(response?.content ?? {})).toContain(type);
  const pointer = ['paths', route.path, route.method.toLowerCase(), 'responses']
    .concat([String(answer.status), 'content', type, 'schema'])
    .map((token) => encodeURIComponent(token.replaceAll('~', '~0').replaceAll('/', '~1')))
    .join('/');
  if (answer.body === undefined) return;
  const validate = ajv.compile({ $ref: `openapi#/${pointer}` });
  validate(answer.body);
  expect(validate.errors ?? []).toEqual([]);
}

type Paths = Record<
  string,
  Record<string, { responses: Record<string, { content?: Record<string, unknown> }> }>
>;

function keepOrCompare(route: RouteSpec, example: ExampleSpec, answer: Answer): void {
  if (answer.body === undefined || route.tag === 'Service') return;
  (recorded[route.id] ??= {})[example.name] = answer.body as unknown;
  if (isRecording) return;
  const known: RecordedAnswers = readRecordedAnswers();
  expect(withoutVolatile(answer.body)).toEqual(withoutVolatile(known[route.id]?.[example.name]));
}
