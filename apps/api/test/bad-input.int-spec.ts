import { useTestDatabase } from '@amends/testing';
import { BAD_INPUTS, eventText } from '../../../libs/testing/src/bad-input';
import { startApi, type Answer, type ApiHarness } from './api-harness';

const database = useTestDatabase();
let api: ApiHarness;

beforeAll(async () => {
  api = await startApi(database().url);
});

afterAll(() => api.close());

const post = (bytes: Uint8Array | string, type = 'application/cloudevents+json') =>
  api.call('/v1/events', { method: 'POST', body: bytes, headers: { 'Content-Type': type } });

/** A clear 4xx: a problem with a code, and nothing of ours in it. */
function requireClear(answer: Answer): void {
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.status).toBeLessThan(500);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(answer.body.code).toMatch(/^[a-z_]+$/);
  expect(answer.text).not.toMatch(/\bat .*\.(ts|js):\d|node_modules|postgres/);
}

it.each(BAD_INPUTS.map((input) => [input.id, input] as const))('%s', async (_id, input) => {
  const answer = await post(input.bytes);

  if (input.expect === 'accept') expect([202, input.why]).toEqual([answer.status, input.why]);
  else requireClear(answer);
});

it('bad events in a batch stop none of the good ones', async () => {
  const good = (id: string) => eventText({ id });
  const bad = BAD_INPUTS.filter(
    ({ id, expect: outcome }) =>
      outcome === 'reject' &&
      /^(time|identity|envelope|duplicate-key|prototype-key|number)\//.test(id),
  )
    .map(({ bytes }) => Buffer.from(bytes).toString('utf8'))
    .filter((text) => isJsonObject(text))
    .slice(0, 300);
  const answer = await post(
    `[${[good('b-1'), ...bad, good('b-2')].join(',')}]`,
    'application/cloudevents-batch+json',
  );

  expect(bad.length).toBeGreaterThan(50);
  expect(answer.status).toBe(202);
  expect(answer.body.accepted).toBe(2);
  expect(answer.body.rejected).toHaveLength(bad.length);
});

it('a batch of more than 1,000 events, or more than 5 MB, is 413', async () => {
  const type = 'application/cloudevents-batch+json';
  const many = `[${Array.from({ length: 1_001 }, (_, n) => eventText({ id: `m-${String(n)}` })).join(',')}]`;
  const large = `[${eventText({ id: 'l', data: { text: 'x'.repeat(6 * 1024 * 1024) } })}]`;

  for (const body of [many, large]) {
    const answer = await post(body, type);
    expect([answer.status, answer.body.code]).toEqual([413, 'payload_too_large']);
  }
  const most = `[${Array.from({ length: 1_000 }, (_, n) => eventText({ id: `n-${String(n)}` })).join(',')}]`;
  expect((await post(most, type)).body.accepted).toBe(1_000);
});

it('a body far beyond the limit is refused without being kept', async () => {
  const before = process.memoryUsage().rss;
  const answer = await post(Buffer.alloc(40 * 1024 * 1024, 0x20));

  expect(answer.status).toBe(413);
  expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
});

it.each([
  ['none', ''],
  ['plain JSON without ce- headers', 'application/json'],
  ['text', 'text/plain'],
  ['an XML event', 'application/cloudevents+xml'],
  ['another charset', 'application/cloudevents+json; charset=utf-16'],
])('a content type that is %s is 415', async (_name, type) => {
  const answer = await post(eventText({ id: 'ct' }), type);

  expect([answer.status, answer.body.code]).toEqual([415, 'unsupported_media_type']);
});

describe('the same bytes as a rule document', () => {
  const cases = BAD_INPUTS.filter(({ id }) =>
    /^(syntax|truncated|nesting|duplicate-key|prototype-key|encoding|string|size)\//.test(id),
  );

  it.each(cases.map((input) => [input.id, input] as const))('%s', async (_id, input) => {
    for (const type of ['application/json', 'application/yaml']) {
      const headers = { 'If-None-Match': '*', 'Content-Type': type };
      const saved = await api.call('/v1/rules/bad', { method: 'PUT', body: input.bytes, headers });
      requireClear(saved);
      const looked = await api.call('/v1/rules/validate', {
        method: 'POST',
        body: input.bytes,
        headers: { 'Content-Type': type },
      });
      if (looked.status === 200) expect(looked.body.valid).toBe(false);
      else requireClear(looked);
    }
  });
});

it('after all of that the service answers as before, and no money has moved', async () => {
  expect((await api.call('/healthz')).status).toBe(200);
  const { rows } = await api.database.query<{ n: number }>(
    'select (select count(*) from compensation)::int + (select count(*) from rule)::int as n',
  );
  expect(rows[0]?.n).toBe(0);
});

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
