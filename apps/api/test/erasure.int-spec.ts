import { randomUUID } from 'node:crypto';
import { EraseCustomer, type Database } from '@amends/application';
import { PgHistory } from '@amends/persistence';
import {
  findViolations,
  putHistory,
  readHistory,
  searchDatabase,
  useTestDatabase,
} from '@amends/testing';
import { startApi, type ApiHarness } from './api-harness';

const database = useTestDatabase();
const ID = 'c_lovelace_1815';
const EMAIL = 'ada.canary@example.org';
const NAME = 'Ada Canary Lovelace';
const OTHER = 'c_other';
let api: ApiHarness;
let approver: string;

beforeAll(async () => {
  api = await startApi(database().url);
  const made = await api.call('/v1/api-keys', {
    method: 'POST',
    body: { name: 'approver', role: 'approver' },
  });
  approver = made.body.secret as string;
  await rows(`insert into rule (id, latest_version) values ('late', 1)`);
  await rows(`insert into rule_version (rule_id, version, document, document_hash, title, author)
    values ('late', 1, '{"detect":{"type":"event"}}', 'h', 'Late', 'li')`);
});
afterAll(() => api.close());

async function rows<R extends object>(text: string, values: unknown[] = []): Promise<R[]> {
  return (await database().pool.query<R>(text, values)).rows;
}

const post = (path: string, body: unknown, headers: Record<string, string> = {}, key?: string) =>
  api.call(path, {
    method: 'POST',
    body,
    headers: { 'Idempotency-Key': randomUUID(), ...headers },
    ...(key === undefined ? {} : { key }),
  });

function event(id: string, customer: string, type = 'support.note') {
  return {
    specversion: '1.0',
    id,
    source: '/crm',
    type,
    time: '2026-03-01T12:00:00Z',
    customerid: customer,
    data: {
      email: customer === ID ? EMAIL : 'other@example.org',
      by: customer === ID ? NAME : 'Bob',
    },
  };
}

/** Somebody about whom there is something wherever there can be. */
async function live(id: string): Promise<void> {
  const [email, name] = id === ID ? [EMAIL, NAME] : ['other@example.org', 'Bob Other'];
  const put = await api.call(`/v1/customers/${id}`, {
    method: 'PUT',
    body: { email, name, currency: 'EUR', tags: [`friend of ${name}`] },
    headers: { 'If-None-Match': '*' },
  });
  expect(put.status).toBe(201);
  const block = { blocked: false, reason: `${name} has called` };
  await api.call(`/v1/customers/${id}/block`, {
    method: 'PUT',
    body: block,
    headers: { 'If-Match': '*' },
  });
  const give = (value: string, as: string) =>
    post('/v1/compensations', {
      customer_id: id,
      as,
      amount: { value, currency: 'EUR' },
      reason: `${name} (${email}) was angry`,
      order_id: id === ID ? 'order-1' : 'order-2',
    });
  expect((await give('5.00', 'credit')).status).toBe(201);
  expect((await give('6.00', 'voucher')).status).toBe(201);
  await reviewed(id, `agreed with ${name}`);
  await traces(id, email, name);
  const sent = await post('/v1/events', event(`note-${id}`, id), {
    'Content-Type': 'application/cloudevents+json',
  });
  expect(sent.status).toBe(202);
  const changed = { ...event(`note-${id}`, id), data: { text: `${name} again` } };
  await post('/v1/events', changed, { 'Content-Type': 'application/cloudevents+json' });
}

/** One compensation that was approved with a note, one that waits. */
async function reviewed(id: string, note: string): Promise<void> {
  for (const state of ['approved', 'open']) {
    const cmp = `cmp_0${state}${id.replaceAll('_', '')}`;
    await rows(
      `insert into compensation (id, customer_id, kind, amount_minor, currency, state, reason,
         proposed_by, needs_approval, content_hash, incident_at)
       values ($1, $2, 'credit', 700, 'EUR', 'awaiting_approval', $3, 'key_other', true, 'h', now())`,
      [cmp, id, note],
    );
    await rows(
      `insert into approval (id, compensation_id, state, reason, content_hash, amount_minor, currency,
         requested_by) values ($1, $2, 'open', 'over 5.00 EUR', 'h', 700, 'EUR', 'key_other')`,
      [cmp.replace('cmp', 'apr'), cmp],
    );
  }
  // And one that somebody wants back.
  await rows(
    `insert into approval (id, kind, compensation_id, change, state, reason, content_hash,
       amount_minor, currency, requested_by)
     select 'apr_0back' || translate($1, '_', ''), 'compensation.reverse', id,
       jsonb_build_object('reason', $2::text), 'open', 'x', 'h', amount_minor, currency, 'key_other'
     from compensation where customer_id = $1 and state = 'settled' limit 1`,
    [id, note],
  );
  const approval = `apr_0approved${id.replaceAll('_', '')}`;
  const answer = await post(
    `/v1/approvals/${approval}/approve`,
    { note },
    { 'If-Match': '*' },
    approver,
  );
  expect(answer.status).toBe(200);
}

/** What detector and remedy leave. */
async function traces(id: string, email: string, name: string): Promise<void> {
  const json = JSON.stringify(event('e1', id));
  await rows(
    `insert into incident (id, rule_id, rule_version, lane, key_path, key, occurrence, customer_id,
       state, event_time, detected_at, event, vars, facts, evidence, why)
     values ($1, 'late', 1, 0, 'data.email', to_json($2::text)::text, $2, $3, 'review', now(), now(), $4,
       jsonb_build_object('start', $4::jsonb), jsonb_build_object('email', $2::text),
       jsonb_build_array('/crm|' || $2), jsonb_build_array(jsonb_build_object('value', $5::text)))`,
    [`inc_0${id.replaceAll('_', '')}`, email, id, json, name],
  );
  await rows(
    `insert into decision_queue (incident_id, kind, at, clock, shard, customer_id)
     values ($1, 'decide', now(), now(), 0, $2)`,
    [`inc_0${id.replaceAll('_', '')}`, id],
  );
  for (const state of ['sent', 'queued', 'held']) {
    await rows(
      `insert into message (id, dedupe_key, customer_id, template_id, channel, state, subject, text, html,
         attempts) values ($1, $1, $2, 'late', 'email', $3, $4, $4, $4, $5)`,
      [
        `msg_0${state}${id.replaceAll('_', '')}`,
        id,
        state,
        `Dear ${name}`,
        JSON.stringify([{ outcome: 'failed', detail: `550 ${email} is not known` }]),
      ],
    );
  }
  const cmp = `cmp_0open${id.replaceAll('_', '')}`;
  await rows(
    `insert into payment_attempt (id, compensation_id, attempt_no, provider, idem_key, request_hash,
       amount_minor, currency, state, key_window, failure_proof, last_error)
     values ($1, $2, 1, 'webhook', $1, 'h', 700, 'EUR', 'failed', '1 day', $3, $3)`,
    [cmp.replace('cmp', 'att'), cmp, `${name} has no account`],
  );
  await rows(
    `insert into quarantine (id, source, topic, partition, "offset", reason, detail, event_source,
       event_id, customer_id, payload)
     values ($1, 'log', 't', 0, hashtext($2), 'rule_failed', $3, '/crm', $4, $2, convert_to($5, 'UTF8'))`,
    [`qua_0${id.replaceAll('_', '')}`, id, `threw on ${name}`, email, json],
  );
  await rows(
    `insert into detect_state (rule_no, lane, key, state) values
       (901, 0, $1, $2), (901, 0, $3, $4), (901, 0, $5, $2)`,
    [
      JSON.stringify(`of-${id}`),
      JSON.stringify({ items: [{ t: 1, e: event('e1', id) }] }),
      JSON.stringify(id === ID ? 'both-1' : 'both-2'),
      JSON.stringify({
        items: [
          { t: 1, e: event('e1', id) },
          { t: 2, e: event('e2', 'c_third') },
        ],
      }),
      JSON.stringify(id),
    ],
  );
  await rows(
    `insert into timer (clock_group, shard, fire_at, rule_no, lane, key)
     values (1, 0, now() + interval '1 day', 901, 0, $1)`,
    [JSON.stringify(id)],
  );
  await rows(
    `insert into fanout (rule_no, lane, version, trigger_ref, trigger_body, key, at, since, until, clock)
     values (901, 0, 1, $1, $2, '"k"', now(), now(), now(), now())`,
    [`/crm|${email}`, json],
  );
  await rows(
    `insert into hold (id, scope, payments, messages, reason, state, created_by, release_note)
     values ($1, jsonb_build_object('customer', $2::text), true, true, $3, 'active', 'k', $3)`,
    [`hold_0${id.replaceAll('_', '')}`, id, `${name} asks`],
  );
  await rows(`insert into limit_guard values ($1)`, [`rule:late|customer|${id}`]);
  await rows(`insert into limit_entry values ($1, now(), $2, 700, 'EUR')`, [
    `rule:late|customer|${id}`,
    cmp,
  ]);
  await rows(
    `insert into own_event (type, subject, customer_id, event_id, data, at)
     values ('amends.compensation.settled', $1, $2, $1, '{}', now())`,
    [cmp, id],
  );
  for (const topic of ['amends.compensations', 'amends.quarantine']) {
    await rows(
      `insert into outbox (shard, topic, type, subject, customer_id, event_id, data)
       values (0, $1, 'x', 'cmp_0', $2, $1, json_build_object('payload_base64',
         translate(encode(convert_to($3, 'UTF8'), 'base64'), E'\\n', '')))`,
      [topic, id, topic.endsWith('quarantine') ? json : '{}'],
    );
  }
}

/** Events of both in segments of their own and in one they share. */
async function history(): Promise<bigint[]> {
  const at = (id: string, customer: string) => {
    const body = event(id, customer);
    return { time: body.time, type: body.type, customer, body: JSON.stringify(body) };
  };
  const shared = await putHistory(database().pool, [
    at('h1', OTHER),
    at('h2', ID),
    at('h3', OTHER),
    at('h4', ID),
  ]);
  const own = await putHistory(database().pool, [at('h5', ID)]);
  await rows(
    `insert into history_key (type, path, value_hash, time, seq) values ('support.note', 'p', '\\x01', now(), $1)`,
    [shared[1]],
  );
  return [...shared, ...own];
}

let seqs: bigint[];
let exported: Record<string, unknown>;

it('everything there is about a customer can be had, in one piece', async () => {
  await live(ID);
  await live(OTHER);
  seqs = await history();
  const { status, body } = await post(`/v1/customers/${ID}/export`, {});
  expect(status).toBe(200);
  exported = body as Record<string, unknown>;

  expect(exported).toMatchObject({
    customer_id: ID,
    file: { email: EMAIL, name: NAME },
    wallet: [{ balance_minor: '1200', currency: 'EUR' }],
  });
  const counts = Object.fromEntries(
    Object.entries(exported).map(([name, part]) => [name, Array.isArray(part) ? part.length : 1]),
  );
  expect(counts).toMatchObject({
    incidents: 1,
    compensations: 4,
    approvals: 3,
    vouchers: 1,
    messages: 3,
    quarantine: 2,
    events: 3,
  });
  const text = JSON.stringify(exported);
  expect(text).toContain(`${NAME} has called`);
  expect(text).not.toContain('other@example.org');
});

it('before, they are found all over the database', async () => {
  const tables = new Set((await searchDatabase(database().pool, NAME)).map(({ table }) => table));
  expect([...tables].sort()).toEqual(
    expect.arrayContaining([
      'history',
      'public.approval',
      'public.compensation',
      'public.customer',
      'public.detect_state',
      'public.event_log',
      'public.fanout',
      'public.hold',
      'public.incident',
      'public.message',
      'public.outbox',
      'public.payment_attempt',
      'public.quarantine',
    ]),
  );
});

it('who is not known cannot be erased or exported', async () => {
  expect((await post('/v1/customers/c_nobody/erase', {})).status).toBe(404);
  expect((await post('/v1/customers/c_nobody/export', {})).status).toBe(404);
});

it('while money is on its way to them, nothing is erased', async () => {
  await rows(
    `insert into compensation (id, customer_id, kind, amount_minor, currency, state, proposed_by,
       content_hash, incident_at)
     values ('cmp_0UNDERWAY', $1, 'refund', 100, 'EUR', 'unknown', 'key_other', 'h', now())`,
    [ID],
  );
  const answer = await post(`/v1/customers/${ID}/erase`, {});

  expect([answer.status, answer.body]).toEqual([
    409,
    expect.objectContaining({
      code: 'conflict',
      reason: 'payout_under_way',
      compensation_ids: ['cmp_0UNDERWAY'],
    }),
  ]);
  expect((await api.call(`/v1/customers/${ID}`)).body).toMatchObject({ email: EMAIL });
  await rows(`delete from compensation where id = 'cmp_0UNDERWAY'`);
});

it('after erasing, nothing of them is left anywhere, nor their id', async () => {
  const answer = await post(`/v1/customers/${ID}/erase`, { reason: 'request 4711' });
  expect(answer.status).toBe(200);
  expect(answer.body).toMatchObject({ state: 'erased' });
  expect(answer.body.pseudonym).toMatch(/^cus_[0-9a-f]{32}$/);

  for (const text of [EMAIL, NAME, 'canary', ID]) {
    expect([text, await searchDatabase(database().pool, text)]).toEqual([text, []]);
  }
});

it('what is about money stays, under a pseudonym, and the books are right', async () => {
  const [{ pseudonym } = { pseudonym: '' }] = await rows<{ pseudonym: string }>(
    'select pseudonym from customer_erasure',
  );
  const before = (exported['compensations'] as { id: string; amount_minor: string }[]).map(
    ({ id, amount_minor: minor }) => ({ id, minor }),
  );
  const after = await rows(
    `select id, amount_minor::text as minor from compensation where customer_id = $1 order by created_at, id`,
    [pseudonym],
  );
  expect(after).toEqual(before);
  expect(
    await rows(
      `select b.balance_minor::int, (select sum(amount_minor)::int from ledger_entry e
         where e.account = 'wallet:' || b.customer_id) as posted
       from wallet_balance b where b.customer_id = $1`,
      [pseudonym],
    ),
  ).toEqual([{ balance_minor: 1200, posted: 1200 }]);
  expect(
    await rows(`select state from compensation where id like 'cmp_0open%' and customer_id = $1`, [
      pseudonym,
    ]),
  ).toEqual([{ state: 'withdrawn' }]);
  expect(await findViolations(database().url)).toEqual([]);
  expect((await api.call('/v1/audit/verify')).body).toMatchObject({ valid: true });
});

it('nobody else is touched', async () => {
  const { body } = await api.call(`/v1/customers/${OTHER}`);
  expect(body).toMatchObject({ email: 'other@example.org', name: 'Bob Other' });
  const kept = await readHistory(database().pool);
  expect(kept.map(({ seq }) => seq)).toEqual(seqs);
  expect(kept.map(({ type, event: one }) => [type, one['id'], one['customerid']])).toEqual([
    ['support.note', 'h1', OTHER],
    ['amends.erased', 'erased', undefined],
    ['support.note', 'h3', OTHER],
    ['amends.erased', 'erased', undefined],
    ['amends.erased', 'erased', undefined],
  ]);
  expect(await rows('select 1 from history_key')).toEqual([]);
  const states = await rows<{ state: string }>('select state from detect_state');
  expect(states.filter(({ state }) => state.includes('c_third'))).toHaveLength(2);
  expect(
    await rows(`select reason, scope from hold where id = $1`, [
      `hold_0${OTHER.replaceAll('_', '')}`,
    ]),
  ).toEqual([{ reason: 'Bob Other asks', scope: { customer: OTHER } }]);
  const { body: events } = await api.call(`/v1/events?customer_id=${OTHER}`);
  expect(events.items).toHaveLength(2);
});

it('from then on they answer 410, whatever is asked', async () => {
  const headers = { 'If-Match': '*' };
  const file = { email: EMAIL, name: NAME };
  const answers = await Promise.all([
    api.call(`/v1/customers/${ID}`),
    api.call(`/v1/wallets/${ID}`),
    api.call(`/v1/customers/${ID}`, { method: 'PUT', body: file, headers }),
    api.call(`/v1/customers/${ID}`, {
      method: 'PUT',
      body: file,
      headers: { 'If-None-Match': '*' },
    }),
    api.call(`/v1/customers/${ID}/block`, {
      method: 'PUT',
      body: { blocked: true, reason: 'x' },
      headers,
    }),
    post(`/v1/customers/${ID}/export`, {}),
    post(`/v1/customers/${ID}/erase`, { reason: 'again' }),
    post('/v1/compensations', {
      customer_id: ID,
      as: 'credit',
      amount: { value: '1.00', currency: 'EUR' },
      reason: 'x',
    }),
  ]);

  expect(answers.map(({ status, body }) => [status, body.code])).toEqual(
    answers.map(() => [410, 'erased']),
  );
});

it('what people write about them later is not kept either', async () => {
  const hold = { scope: { customer: ID }, what: ['payments'], reason: `${NAME} has called again` };
  const { status, body } = await post('/v1/holds', hold);
  expect(status).toBe(201);
  const { rows: noted } = await database().pool.query<{ row: string }>(
    'select a::text as row from audit a where object = $1',
    [`hold:${body.id as string}`],
  );
  expect(noted).toHaveLength(1);
  expect(noted[0]?.row).not.toContain('called again');
  expect(await rows('select 1 from customer_key where customer_id = $1', [ID])).toEqual([]);
  await rows('delete from hold where id = $1', [body.id]);
});

it('events about them that come later are turned away, and those about others are not', async () => {
  await new Promise((passed) => setTimeout(passed, 1_100));
  const events = [
    event('late-1', ID),
    event('late-2', OTHER),
    event('late-3', ID, 'customer.updated'),
  ];
  const { status, body } = await post('/v1/events', events, {
    'Content-Type': 'application/cloudevents-batch+json',
  });

  expect(status).toBe(202);
  expect(body).toMatchObject({
    accepted: 1,
    rejected: [
      { index: 0, id: 'late-1', code: 'erased' },
      { index: 2, id: 'late-3', code: 'erased' },
    ],
  });
  const alone = await post('/v1/events', event('late-4', ID), {
    'Content-Type': 'application/cloudevents+json',
    'Accept-Language': 'zh',
  });
  expect([alone.status, alone.body.errors[0].message]).toEqual([422, '该客户已被抹除']);
  expect(await searchDatabase(database().pool, EMAIL)).toEqual([]);
});

it('an erasure that was stopped half-way goes on by itself', async () => {
  const { database: sql } = api;
  class FailingOnce extends PgHistory {
    private failed = false;

    override erase(over: Database, customerId: string): Promise<number> {
      if (this.failed) return super.erase(over, customerId);
      this.failed = true;
      return Promise.reject(new Error('the process died'));
    }
  }
  await api.call('/v1/customers/c_half', {
    method: 'PUT',
    body: { email: 'half@example.org' },
    headers: { 'If-None-Match': '*' },
  });
  const half = { ...event('half-1', 'c_half'), data: { email: 'half@example.org' } };
  await putHistory(database().pool, [
    { time: half.time, type: half.type, customer: 'c_half', body: JSON.stringify(half) },
  ]);
  const eraser = new EraseCustomer(sql, new FailingOnce());
  const asked = { actor: { kind: 'key', id: 'k', role: 'admin' }, requestId: 'r' } as const;
  await expect(eraser.execute('c_half', null, asked)).rejects.toThrow('died');
  expect((await api.call('/v1/customers/c_half')).status).toBe(410);
  expect(await searchDatabase(database().pool, 'half@example.org')).not.toEqual([]);

  await rows(
    `update customer_erasure set erased_at = now() - interval '2 minutes' where done_at is null`,
  );
  expect(await eraser.resume()).toBe(1);
  expect(await eraser.resume()).toBe(0);
  for (const text of ['half@example.org', 'c_half']) {
    expect([text, await searchDatabase(database().pool, text)]).toEqual([text, []]);
  }
});

it('a file that is written at the same moment is erased with the rest, or refused', async () => {
  await Promise.all(
    Array.from({ length: 8 }, async (_, n) => {
      const id = `c_race_${String(n)}`;
      await api.call(`/v1/customers/${id}`, {
        method: 'PUT',
        body: { email: `race-${String(n)}@example.org` },
        headers: { 'If-None-Match': '*' },
      });
      const update = { ...event(`r-${String(n)}`, id, 'customer.updated') };
      const body = { ...update, data: { email: `race-${String(n)}@example.org` } };
      await Promise.all([
        post(`/v1/customers/${id}/erase`, {}),
        api.call(`/v1/customers/${id}`, {
          method: 'PUT',
          body: { email: body.data.email },
          headers: { 'If-Match': '*' },
        }),
        post('/v1/events', body, { 'Content-Type': 'application/cloudevents+json' }),
      ]);
    }),
  );

  expect(await rows(`select id from customer where id like 'c_race_%'`)).toEqual([]);
});
