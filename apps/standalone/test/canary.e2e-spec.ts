import { randomBytes } from 'node:crypto';
import { writeFileSync, mkdtempSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import {
  spawnService,
  testRunFolder,
  waitFor,
  WebhookReceiver,
  type SpawnedService,
} from '@amends/testing';

jest.setTimeout(180_000);

/** Nothing else looks like it, whatever it is put into. */
const mark = (what: string) => `${what}${randomBytes(6).toString('hex')}canary`;

const SECRETS = {
  admin: `amk_${mark('admin')}`,
  metrics: mark('metrics'),
  refund: `whsec_${Buffer.from(mark('refundsecret-of-24-bytes')).toString('base64')}`,
  anchor: `whsec_${Buffer.from(mark('anchorsecret-of-24-bytes')).toString('base64')}`,
  mail: mark('mailpassword'),
};
const PERSONAL = {
  email: `${mark('mail')}@example.org`,
  name: `Ada ${mark('name')}`,
  street: mark('street'),
  order: mark('order'),
  payment: mark('payment'),
  reason: mark('reason'),
  query: mark('query'),
  broken: mark('broken'),
  answer: mark('answer'),
};

const RULE = (id: string, pay: object) => ({
  kind: 'Rule',
  id,
  title: 'Late',
  detect: { type: 'event', event: 'delivery.delivered', by: 'data.order_id' },
  pay,
  message: { template: 'canary', channels: ['email'], urgent: true },
});

let service: SpawnedService;
let refunds: WebhookReceiver;
let mail: Server;
const refused: string[] = [];
let metrics = '';
let madeKey = '';

/** A mail server that refuses everybody, and repeats what it was told. */
function startRudeMailServer(): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.write('220 rude\r\n');
    socket.on('data', (chunk) => {
      const line = chunk.toString();
      if (/^EHLO/i.test(line)) socket.write('250-rude\r\n250 AUTH PLAIN LOGIN\r\n');
      else if (/^AUTH/i.test(line)) socket.write('235 welcome\r\n');
      else socket.write(`550 I do not take ${line.trim()} ${PERSONAL.answer}\r\n`);
    });
  });
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => {
      resolve(server);
    }),
  );
}

const asFile = (folder: string, name: string, value: string): string => {
  const path = join(folder, name);
  writeFileSync(path, `${value}\n`);
  return path;
};

async function ask(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
) {
  const isText = typeof body === 'string' || body === undefined;
  const response = await service.fetch(path, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      'idempotency-key': mark('key'),
      ...headers,
    },
    ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  if (response.status >= 400) refused.push(`${method} ${path.split('?')[0] ?? ''} ${text}`);
  return { status: response.status, text, json: () => JSON.parse(text) as Record<string, string> };
}

const event = (id: string, customer: string, data: object = {}) => ({
  specversion: '1.0',
  id,
  source: `/shop/${PERSONAL.street}`,
  type: 'delivery.delivered',
  time: new Date().toISOString(),
  customerid: customer,
  data: { order_id: id, email: PERSONAL.email, payment: PERSONAL.payment, ...data },
});
const CLOUD = { 'content-type': 'application/cloudevents+json' };

beforeAll(async () => {
  refunds = await WebhookReceiver.start();
  mail = await startRudeMailServer();
  const folder = mkdtempSync(join(testRunFolder(), 'canary-'));
  const mailPort = (mail.address() as AddressInfo).port;
  service = await spawnService({
    env: {
      LOG_LEVEL: 'debug',
      AMENDS_ADMIN_KEY: SECRETS.admin,
      METRICS_TOKEN_FILE: asFile(folder, 'metrics', SECRETS.metrics),
      REFUND_WEBHOOK_URL: refunds.url,
      REFUND_WEBHOOK_SECRET_FILE: asFile(folder, 'refund', SECRETS.refund),
      AMENDS_AUDIT_ANCHOR_URL: 'http://127.0.0.1:1/',
      AMENDS_AUDIT_ANCHOR_SECRET_FILE: asFile(folder, 'anchor', SECRETS.anchor),
      AMENDS_AUDIT_ANCHOR_SECONDS: '1',
      SMTP_URL_FILE: asFile(
        folder,
        'smtp',
        `smtp://amends:${SECRETS.mail}@127.0.0.1:${String(mailPort)}`,
      ),
    },
  });
});
afterAll(async () => {
  await service.close();
  await refunds.close();
  await new Promise((closed) => mail.close(closed));
});

it('through every path, with secrets out of files', async () => {
  const created = { 'if-none-match': '*' };
  const file = { email: PERSONAL.email, name: PERSONAL.name, tags: [PERSONAL.street] };
  expect((await ask('PUT', '/v1/customers/c_1', file, created)).status).toBe(201);
  const template = {
    locales: {
      en: {
        email: {
          subject: 'For {{ customer.name }}',
          text: '{{ amount }} {{ as }}, {{ arrives }}.',
        },
      },
    },
  };
  expect((await ask('PUT', '/v1/templates/canary', template, created)).status).toBeLessThan(300);
  const rules = [
    RULE('credits', { as: 'credit', amount: { fixed: '1.00 EUR' } }),
    RULE('refunds', { as: 'refund', payment: 'data.payment', amount: { fixed: '2.00 EUR' } }),
  ];
  for (const rule of rules) {
    expect((await ask('PUT', `/v1/rules/${rule.id}`, rule, created)).status).toBe(201);
    const live = { live: { version: 1, percent: 100 } };
    await ask('PUT', `/v1/rules/${rule.id}/rollout`, live, { 'if-match': '"r0"' });
  }
  // The refund service fails, and says what it was asked.
  refunds.script({ status: 500, accept: false, body: { error: PERSONAL.answer } });
  expect((await ask('POST', '/v1/events', event(PERSONAL.order, 'c_1'), CLOUD)).status).toBe(202);
  const updated = {
    ...event('u-1', 'c_1'),
    type: 'customer.updated',
    data: { name: PERSONAL.name },
  };
  await ask('POST', '/v1/events', updated, CLOUD);
  const again = event(PERSONAL.order, 'c_1', { street: PERSONAL.street });
  await ask('POST', '/v1/events', again, CLOUD);

  // Before the block and the hold below, which would keep what is not yet sent.
  await waitFor(
    async () => (await ask('GET', '/v1/messages?customer_id=c_1')).text.includes('failed'),
    {
      timeoutMs: 30_000,
      what: 'a mail to be refused',
    },
  );
  await waitFor(() => refunds.journal.length > 0, { what: 'the refund service to be asked' });

  const give = {
    customer_id: 'c_1',
    as: 'credit',
    amount: { value: '1.00', currency: 'EUR' },
    reason: PERSONAL.reason,
  };
  expect((await ask('POST', '/v1/compensations', give)).status).toBe(201);
  await ask(
    'PUT',
    '/v1/customers/c_1/block',
    { blocked: true, reason: PERSONAL.reason },
    { 'if-match': '*' },
  );
  const hold = { scope: { customer: 'c_1' }, what: ['messages'], reason: PERSONAL.reason };
  await ask('POST', '/v1/holds', hold);
  const made = await ask('POST', '/v1/api-keys', { name: 'k', role: 'viewer' });
  madeKey = made.json()['secret'] ?? '';
  expect(madeKey).toMatch(/^amk_/);
});

it('and through every mistake', async () => {
  const wrong: [string, string, unknown, Record<string, string>?][] = [
    ['POST', '/v1/events', `{"a": "${PERSONAL.broken}"`, CLOUD],
    ['POST', '/v1/events', { ...event('x', 'c_1'), time: PERSONAL.broken }, CLOUD],
    [
      'PUT',
      '/v1/customers/c_2',
      { email: PERSONAL.broken, currency: PERSONAL.broken },
      { 'if-none-match': '*' },
    ],
    [
      'POST',
      '/v1/compensations',
      { customer_id: 'c_1', amount: PERSONAL.broken, as: PERSONAL.broken },
    ],
    [
      'PUT',
      '/v1/rules/bad',
      `kind: Rule\nid: [${PERSONAL.broken}`,
      { 'content-type': 'application/yaml', 'if-none-match': '*' },
    ],
    ['GET', `/v1/incidents?from=${PERSONAL.query}`, undefined],
    ['GET', `/v1/incidents?cursor=${PERSONAL.query}`, undefined],
    ['GET', `/v1/customers/${PERSONAL.query}`, undefined],
    ['GET', '/v1/settings', undefined, { authorization: `Bearer ${madeKey}x` }],
    ['GET', '/v1/settings', undefined, { authorization: `Basic ${SECRETS.admin}` }],
    ['GET', '/metrics', undefined, { authorization: `Bearer ${SECRETS.metrics}x` }],
  ];
  for (const [method, path, body, headers] of wrong) {
    expect((await ask(method, path, body, headers)).status).toBeGreaterThanOrEqual(400);
  }
  expect(refused.length).toBeGreaterThanOrEqual(wrong.length);
  metrics = (
    await ask('GET', '/metrics', undefined, { authorization: `Bearer ${SECRETS.metrics}` })
  ).text;
  expect(metrics).toContain('amends_audit_anchor_failures_total');
  expect((await ask('POST', '/v1/customers/c_1/export')).text).toContain(PERSONAL.email);
  await service.stop();
});

describe.each([
  ['log', () => service.output],
  ['metrics', () => metrics],
  ['error answers', () => refused.join('\n')],
])('the %s', (_where, text) => {
  it('holds no secret, whole or in part', () => {
    expect(text().length).toBeGreaterThan(1_000);
    for (const secret of [...Object.values(SECRETS), madeKey]) {
      const core = secret.replace(/^(whsec|amk)_/, '');
      expect(text()).not.toContain(core);
      expect(text()).not.toContain(core.slice(0, 24));
    }
  });
});

describe.each([
  ['log', () => service.output],
  ['metrics', () => metrics],
])('the %s', (_where, text) => {
  it('holds nothing about a person', () => {
    for (const value of Object.values(PERSONAL)) expect(text()).not.toContain(value);
  });
});

it('an answer to somebody else’s mistake says nothing about a person', () => {
  const { email, name, street, order, payment, reason, answer } = PERSONAL;
  for (const value of [email, name, street, order, payment, reason, answer]) {
    expect(refused.join('\n')).not.toContain(value);
  }
});
