import { inTransaction, Pools } from '@amends/persistence';
import { useTestDatabase } from '@amends/testing';
import type { Pool } from 'pg';
import { OUTBOX_SHARDS, takeOutboxRows } from './outbox-table';

const database = useTestDatabase({
  invariants: { unchecked: 'rows for the triggers to tell of, not a life' },
});
let telling: Pools;
let silent: Pools;
let pool: Pool;

beforeAll(async () => {
  const { url } = database();
  telling = await Pools.open({ url, sizes: { spec: 4 }, outbox: true });
  silent = await Pools.open({ url, sizes: { spec: 2 } });
  pool = telling.get('spec');
  await pool.query(`insert into rule (id, latest_version) values ('late', 1)`);
});

beforeEach(async () => {
  for (const table of ['message', 'compensation', 'incident', 'outbox']) {
    await pool.query(`delete from ${table}`);
  }
});

afterAll(async () => {
  await telling.close();
  await silent.close();
});

const addIncident = (on: Pick<Pool, 'query'>, id: string, lane = 0) =>
  on.query(
    `insert into incident (id, rule_id, rule_version, lane, key_path, key, occurrence, customer_id, state,
       event_time, detected_at, event, vars, facts, evidence)
     values ($1, 'late', 1, $2, 'data.order_id', '"o1"', $1, 'ana', 'paying', now(), now(),
       '{"data":{"phone":"secret"}}', '{}', '{"address":"secret"}', '[]')`,
    [id, lane],
  );

const addMessage = (on: Pick<Pool, 'query'>, id: string) =>
  on.query(
    `insert into message (id, dedupe_key, customer_id, template_id, channel, state, text)
     values ($1, $1, 'ana', 'sorry', 'email', 'queued', 'secret')`,
    [id],
  );

const take = (owner: string, shards: readonly number[] = OUTBOX_SHARDS) =>
  takeOutboxRows(pool, { owner, shards, leaseMs: 60_000, rowsMax: 100 });

const types = async () => (await take('me')).map(({ type }) => type.replace('amends.', ''));

describe('the outbox', () => {
  it('says what became of an incident, once for each change, and nothing of a trial', async () => {
    await addIncident(pool, 'inc_1');
    await addIncident(pool, 'inc_shadow', 1);
    const change = (set: string) =>
      pool.query(`update incident set ${set}, revision = revision + 1 where id like 'inc_%'`);
    await change(`why = '[]'`);
    await change('closed_at = now()');
    await change('refuted_at = now()');
    await change(`state = 'paid', amount_minor = 500, currency = 'EUR'`);

    const rows = await take('me');

    expect(rows.map(({ eventId }) => eventId)).toEqual([
      'inc_1.1.opened',
      'inc_1.3.closed',
      'inc_1.4.refuted',
      'inc_1.5.paid',
    ]);
    expect(rows.at(-1)?.data).toMatchObject({ state: 'paid', amount_minor: '500' });
  });

  it('says what became of a compensation and of a message, but not that a worker has it in hand', async () => {
    await pool.query(
      `insert into compensation (id, customer_id, kind, amount_minor, currency, state, proposed_by,
         content_hash, incident_at, voucher_code, reason)
       values ('cmp_1', 'ana', 'voucher', 500, 'EUR', 'awaiting_approval', 'spec', '', now(), 'secret', 'secret')`,
    );
    await pool.query(`update compensation set state = 'settled', revision = 2`);
    await addMessage(pool, 'msg_1');
    await pool.query(`update message set state = 'sending', revision = 2`);
    await pool.query(`update message set state = 'sent', revision = 3`);

    expect(await types()).toEqual([
      'compensation.awaiting_approval',
      'compensation.settled',
      'message.queued',
      'message.sent',
    ]);
  });

  it("says what people have to know, with the figures of a guardrail, and nobody's own words", async () => {
    await pool.query(
      `insert into notice (id, occasion, kind, about, detail) values
         ('ntc_1', 'a', 'guardrail.tripped', 'rule:late', '{"guard": "max_hit_ratio", "reason": "33 incidents"}'),
         ('ntc_2', 'b', 'hold.ending', 'hold:1', '{"until": "2026-03-01", "reason": "secret"}')`,
    );

    const rows = await take('me');

    expect(
      rows.map(({ topic, type, subject, eventId, data }) => [
        topic,
        type,
        subject,
        eventId,
        data['detail'],
      ]),
    ).toEqual([
      [
        'amends.notices',
        'amends.guardrail.tripped',
        'rule:late',
        'ntc_1',
        { guard: 'max_hit_ratio', reason: '33 incidents' },
      ],
      ['amends.notices', 'amends.hold.ending', 'hold:1', 'ntc_2', { until: '2026-03-01' }],
    ]);
    await pool.query('delete from notice');
  });

  it('tells no text, no fact, no code', async () => {
    await addIncident(pool, 'inc_1');
    await addMessage(pool, 'msg_1');

    expect(JSON.stringify((await take('me')).map(({ data }) => data))).not.toContain('secret');
  });

  it('holds nothing of a transaction that was rolled back', async () => {
    const failing = inTransaction(pool, async (client) => {
      await addIncident(client, 'inc_1');
      expect((await client.query('select 1 from outbox')).rowCount).toBe(1);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');

    expect(await types()).toEqual([]);
  });

  it('is not written by a process that knows no broker', async () => {
    await addIncident(silent.get('spec'), 'inc_1');

    expect(await types()).toEqual([]);
  });

  it('gives a shard to one owner at a time', async () => {
    await addIncident(pool, 'inc_1');
    await pool.query(`update outbox_lease set until = '-infinity'`);
    expect(await take('first')).toHaveLength(1);

    expect(await take('second')).toEqual([]);

    await pool.query(`update outbox_lease set until = now() - interval '1 ms'`);
    expect(await take('second')).toHaveLength(1);
    expect(await take('first')).toEqual([]);
    await pool.query(`update outbox_lease set until = '-infinity'`);
  });

  it('guarantee 1: gives out only what a crash of the database cannot take back', async () => {
    const isFlushed = async (mark: string): Promise<boolean> => {
      const { rows } = await silent
        .get('spec')
        .query<{ flushed: boolean }>('select pg_current_wal_flush_lsn() >= $1::pg_lsn as flushed', [
          mark,
        ]);
      return rows[0]?.flushed === true;
    };
    let wasAhead = 0;
    for (let round = 0; round < 20; round += 1) {
      await inTransaction(pool, (client) => addIncident(client, `inc_${String(round)}`), {
        synchronousCommit: 'off',
      });
      const { rows } = await pool.query<{ mark: string }>(
        'select pg_current_wal_insert_lsn()::text as mark',
      );
      const mark = rows[0]?.mark ?? '';
      const wasFlushed = await isFlushed(mark);
      expect(await take('me')).toHaveLength(round + 1);
      expect(await isFlushed(mark)).toBe(true);
      if (!wasFlushed) wasAhead += 1;
    }
    // It was the taking that made it durable.
    expect(wasAhead).toBeGreaterThan(0);
  });
});
