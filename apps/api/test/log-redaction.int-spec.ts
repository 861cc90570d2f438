import { createLogger } from '@amends/platform';
import { useTestDatabase } from '@amends/testing';
import { ADMIN_KEY, startApi, type ApiHarness } from './api-harness';

const database = useTestDatabase();
const lines: string[] = [];
let api: ApiHarness;

beforeAll(async () => {
  const destination = { write: (line: string) => void lines.push(line) };
  const logger = createLogger({ app: 'api', level: 'debug', destination });
  api = await startApi(database().url, { logger });
});

afterAll(() => api.close());

const CANARIES = {
  email: 'canary.person@secret-mail.example',
  name: 'Canary Person',
  order: 'order-canary-4711',
  payload: 'payload-canary-0815',
  query: 'query-canary-1234',
};

it('what customers and strangers wrote, tokens and secrets never get into the log', async () => {
  const made = await api.call('/v1/api-keys', {
    method: 'POST',
    body: { name: 'canary key', role: 'viewer' },
  });
  const secret = made.body.secret as string;
  await api.call('/v1/settings', { key: secret });
  await api.call('/v1/settings', { key: 'amk_wrong_canary_token_9876543210' });
  await api.call('/v1/customers/c_canary', {
    method: 'PUT',
    body: { email: CANARIES.email, name: CANARIES.name },
    headers: { 'If-None-Match': '*' },
  });
  await api.call('/v1/events', {
    method: 'POST',
    body: {
      specversion: '1.0',
      id: CANARIES.order,
      source: '/shop',
      type: 'order.placed',
      time: '2026-03-01T00:00:00Z',
      customerid: 'c_canary',
      data: { note: CANARIES.payload },
    },
    headers: { 'Content-Type': 'application/cloudevents+json' },
  });
  await api.call('/v1/events', {
    method: 'POST',
    body: `{"note": "${CANARIES.payload}"`,
    headers: { 'Content-Type': 'application/cloudevents+json' },
  });
  await api.call(`/v1/incidents?key=${CANARIES.query}`);
  // A fault of our own: the error carries the statement and its parameters.
  await api.database.query('alter table customer rename column email to mail');
  const broken = await api.call(`/v1/customers/c_canary`);
  await api.database.query('alter table customer rename column mail to email');

  expect(broken.status).toBe(500);
  const log = lines.join('');
  expect(log).toContain('"route":"/v1/customers/{id}"');
  expect(log).toContain('"status":500');
  for (const canary of [...Object.values(CANARIES), secret, ADMIN_KEY, 'wrong_canary_token']) {
    expect(log).not.toContain(canary);
  }
  expect(broken.text).not.toMatch(/mail|column|select/);
});
