import { createHash } from 'node:crypto';
import { EXAMPLE_IDS as ID } from '../src/routes/shared/example-ids';
import { appendHistory, type PgDatabase } from '@amends/persistence';
import type { Pool } from 'pg';
import { SYSTEM, SaveRule, VersionedDocuments } from '@amends/application';
import { parseRule } from '@amends/contracts';

const AT = '2026-03-01T04:34:10Z';
const CREATE = { kind: 'create' } as const;

const LATE_DELIVERY = {
  kind: 'Rule',
  id: 'late-delivery',
  title: 'Parcel later than promised',
  labels: { team: 'delivery' },
  detect: {
    type: 'event',
    event: 'delivery.delivered',
    by: 'data.order_id',
    let: { late: 'minutes(data.delivered_at, data.promised_at)' },
    where: { late: { gte: 30 } },
  },
  pay: { as: 'credit', amount: { fixed: '13.00 CNY' } },
  limits: [{ times: 1, per: 'customer', over: '30d', then: 'skip' }],
};

/** Puts everything that the examples of the documentation speak of into an empty database. */
export async function createExampleWorld(database: PgDatabase, pool: Pool): Promise<void> {
  await documents(database);
  await customers(database, pool);
  await incidents(database);
  await compensations(database);
  await approvals(database);
  await theRest(database);
}

async function documents(database: PgDatabase): Promise<void> {
  const calendar = {
    title: 'Office days',
    time_zone: 'UTC',
    working_days: [1, 2, 3, 4, 5],
    holidays: [],
  };
  await new VersionedDocuments(database, 'calendar').put('office-days', calendar, CREATE, SYSTEM);
  const template = {
    id: 'late-lunch',
    title: 'Lunch came late',
    locales: {
      en: {
        email: {
          subject: 'Order {{ order }}',
          text: 'Late by {{ facts.late }} min: {{ amount }}.',
        },
      },
      'zh-CN': {
        sms: {
          text: '您的订单 {{ order }} 晚到了 {{ facts.late }} 分钟，抱歉。已补偿 {{ amount }}。',
        },
      },
    },
  };
  await new VersionedDocuments(database, 'template').put('late-lunch', template, CREATE, SYSTEM);
  const saveRule = new SaveRule(database);
  for (const minutes of [30, 20]) {
    const where = { late: { gte: minutes } };
    const parsed = parseRule(
      { ...LATE_DELIVERY, detect: { ...LATE_DELIVERY.detect, where } },
      { contentType: 'json' },
    );
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    const precondition = minutes === 30 ? CREATE : ({ kind: 'match', tags: ['*'] } as const);
    await saveRule.execute(
      { document: parsed.document, precondition, managedBy: 'example' },
      SYSTEM,
    );
  }
}

async function customers(database: PgDatabase, pool: Pool): Promise<void> {
  await database.query(
    `insert into customer (id, email, name, locale, time_zone, currency, updated_at)
     values ('c_123', 'li@example.com', 'Li Na', 'zh-CN', 'Asia/Shanghai', 'CNY', $1)`,
    [AT],
  );
  const event = {
    specversion: '1.0',
    id: 'd-77',
    source: '/logistics/sh',
    type: 'delivery.delivered',
    time: '2026-03-01T12:34:10+08:00',
    subject: 'order/8812',
    customerid: 'c_123',
    data: { order_id: '8812' },
  };
  const { type, subject } = event;
  const place = { topic: 'delivery.events', partition: 0, imported: false };
  const kept = { timeMs: Date.parse(AT), type, subject, customerId: 'c_123', keys: [], ...place };
  const body = JSON.stringify(event);
  await appendHistory(
    pool,
    [1n, 2n, 3n].map((offset) => ({ ...kept, offset, body })),
  );
}

async function incidents(database: PgDatabase): Promise<void> {
  const rows = [
    { id: ID.paidIncident, key: '"8812"', state: 'paid', minor: 1300 },
    { id: ID.openIncident, key: '"8813"', state: 'paying', minor: null },
    { id: ID.reviewIncident, key: '"8814"', state: 'review', minor: 2000 },
  ];
  for (const { id, key, state, minor } of rows) {
    const event = {
      specversion: '1.0',
      id: 'd-77',
      source: '/logistics/sh',
      type: 'delivery.delivered',
      time: AT,
      customerid: 'c_123',
      data: { order_id: JSON.parse(key) as string },
    };
    await database.query(
      `insert into incident (id, rule_id, rule_version, lane, key_path, key, occurrence, customer_id,
         state, event_time, detected_at, event, vars, facts, evidence, why, amount_minor, currency)
       values ($1, 'late-delivery', 1, 0, 'data.order_id', $2, '', 'c_123', $3, $4, $4, $5, '{}',
         '{"late": 34}', '["/logistics/sh|d-77"]', $6, $7, $8)`,
      [
        id,
        key,
        state,
        AT,
        JSON.stringify(event),
        JSON.stringify([{ test: 'late >= 30', value: 34, ok: true }]),
        minor,
        minor === null ? null : 'CNY',
      ],
    );
  }
}

async function compensations(database: PgDatabase): Promise<void> {
  const { rows } = await database.query<{ id: string }>(
    `select id from api_key where prefix = 'configured'`,
  );
  const admin = rows[0]?.id ?? '';
  const all = [
    { id: ID.paidCompensation, incident: ID.paidIncident, state: 'settled', minor: 1300 },
    { id: ID.mistakenCompensation, incident: null, state: 'settled', minor: 700 },
    { id: ID.failedCompensation, incident: null, state: 'failed', minor: 500 },
    {
      id: ID.reviewCompensation,
      incident: ID.reviewIncident,
      state: 'awaiting_approval',
      minor: 2000,
    },
    { id: ID.rejectCompensation, incident: null, state: 'awaiting_approval', minor: 3000 },
    { id: ID.ownCompensation, incident: null, state: 'awaiting_approval', minor: 4000, by: admin },
  ];
  for (const { id, incident, state, minor, by } of all) {
    await database.query(
      `insert into compensation (id, incident_id, customer_id, rule_id, rule_version, kind,
         amount_minor, currency, state, order_id, reason, proposed_by, content_hash, incident_at,
         settled_at, created_at, failure)
       values ($1, $2, 'c_123', $3, $4, 'credit', $5, 'CNY', $6, '8812', $7, $8, 'sha256:example',
         $9, $10, $9, $11)`,
      [
        id,
        incident,
        incident === null ? null : 'late-delivery',
        incident === null ? null : 1,
        minor,
        state,
        incident === null ? 'spoiled food' : null,
        by ?? 'rule:late-delivery@1',
        AT,
        state === 'settled' ? AT : null,
        state === 'failed' ? 'account_closed' : null,
      ],
    );
  }
  await database.query(
    `with posting as (
       insert into ledger_tx (id, compensation_id, kind, posted_at)
       values ('ltx_01KJH6V6R0PA1D0000000000AA', $1, 'settle', $2) returning id)
     insert into ledger_entry (tx_id, account, currency, amount_minor)
     select id, e.account, 'CNY', e.minor
     from posting, (values ('expense:goodwill', -1300), ('wallet:c_123', 1300)) e (account, minor)`,
    [ID.paidCompensation, AT],
  );
  await database.query(`insert into wallet_balance values ('c_123', 'CNY', 1300)`);
}

async function approvals(database: PgDatabase): Promise<void> {
  const all = [
    { id: ID.approval, compensation: ID.reviewCompensation, incident: ID.reviewIncident },
    { id: ID.rejectApproval, compensation: ID.rejectCompensation, incident: null },
    { id: ID.ownApproval, compensation: ID.ownCompensation, incident: null },
  ];
  for (const { id, compensation, incident } of all) {
    await database.query(
      `insert into approval (id, compensation_id, incident_id, state, reason, content_hash,
         amount_minor, currency, requested_by, requested_at)
       select $1, id, $3, 'open', 'over 13.00 CNY', content_hash, amount_minor, currency,
         proposed_by, $4 from compensation where id = $2`,
      [id, compensation, incident, AT],
    );
  }
}

async function theRest(database: PgDatabase): Promise<void> {
  await database.query(
    `insert into console_session (token_hash, user_id, user_role, expires_at)
     values ($1, 'li.wei', 'manager', now() + interval '1 hour')`,
    [createHash('sha256').update(ID.session).digest()],
  );
  await database.query(
    `insert into message (id, dedupe_key, customer_id, compensation_id, incident_id, template_id,
       channel, locale, template_version, state, promised_minor, promised_currency, subject, text,
       attempts, sends, not_before, created_at, sent_at)
     values ($1, 'example', 'c_123', $2, $3, 'late-lunch', 'email', 'en', 1, 'sent', 1300, 'CNY',
       'Order 8812', 'Late by 34 min: 13.00 CNY.', $4, 1, $5, $5, $5)`,
    [
      ID.sentMessage,
      ID.paidCompensation,
      ID.paidIncident,
      JSON.stringify([{ at: AT, channel: 'email', outcome: 'sent' }]),
      AT,
    ],
  );
  await database.query(
    `insert into hold (id, scope, payments, messages, reason, state, effective_at, created_by, created_at)
     values ($1, '{"label": {"team": "groceries"}}', true, false, 'price feed is wrong', 'active', $2,
       'key_01KJH6V6R0KEY0000000000AA0', $2)`,
    [ID.hold, AT],
  );
  await database.query(
    `insert into job (id, action, about, state, total, done, created_by, created_at)
     values ($1, 'hold.release', 'hold:' || $2, 'running', 57, 12, 'key_01KJH6V6R0KEY0000000000AA0', $3)`,
    [ID.job, ID.hold, AT],
  );
  for (const [index, id] of [ID.quarantined, ID.discarded].entries()) {
    const payload = {
      specversion: '1.0',
      id: `q-${String(index)}`,
      source: '/logistics/sh',
      type: 'delivery.delivered',
      time: AT,
    };
    await database.query(
      `insert into quarantine (id, source, topic, partition, "offset", rule_id, reason, detail,
         event_source, event_id, event_type, payload, created_at)
       values ($1, 'log', 'delivery.events', 0, $2, 'late-delivery', 'rule_failed', 'threw', $3, $4,
         'delivery.delivered', $5, $6)`,
      [id, index, payload.source, payload.id, Buffer.from(JSON.stringify(payload)), AT],
    );
  }
  await database.query(
    `insert into budget (id, currency, period, limit_minor, updated_at)
     values ('goodwill-eur', 'EUR', 'ever', 500000, $1)`,
    [AT],
  );
  await database.query(
    `insert into api_key (id, prefix, secret_hash, name, role, created_by, created_at)
     values ($1, 'example000', '\\x00', 'warehouse feed', 'ingest', 'amends', $2)`,
    [ID.key, AT],
  );
}
