import { setTimeout as sleep } from 'node:timers/promises';
import type { BatchHandler, EventBatch, EventSource } from '@amends/application';
import { advancePositions, inTransaction } from '@amends/persistence';
import type { Pool } from 'pg';

/** An adapter of `EventSource`, with what the contract needs around it. */
export interface SourceUnderTest {
  readonly pool: Pool;
  /** Four partitions. */
  readonly topic: string;
  /** Appends records with a chosen key; records of one key share a partition. */
  produce(records: readonly { key: string; value: string }[]): Promise<void>;
  /** A new consumer of the same name, as another process would have. */
  open(): Promise<EventSource>;
}

const DEADLINE_MS = 30_000;

/**
 * What every `EventSource` owes: a spec file per adapter calls this. What a consumer has read is written
 * down in the transaction that moves the position, as the detector does.
 */
export function describeEventSource(name: string, setUp: () => Promise<SourceUnderTest>): void {
  describe(`${name} as an event source`, () => {
    let under: SourceUnderTest;
    const open: EventSource[] = [];

    beforeAll(async () => {
      under = await setUp();
      await under.pool.query(
        'create table if not exists read_record (part int, pos bigint, value text, reader text)',
      );
    }, 120_000);

    beforeEach(async () => {
      await under.pool.query('truncate read_record');
    });

    afterEach(async () => {
      await Promise.all(open.splice(0).map((source) => source.stop()));
    });

    async function start(reader: string, around?: (next: BatchHandler) => BatchHandler) {
      const source = await under.open();
      open.push(source);
      const handler: BatchHandler = (batch) => record(under.pool, reader, batch);
      await source.start(around === undefined ? handler : around(handler));
      return source;
    }

    async function stop(source: EventSource): Promise<void> {
      open.splice(open.indexOf(source), 1);
      await source.stop();
    }

    it('guarantee 1: delivers everything once, in order per partition', async () => {
      const sent = numbered('order', 400, 20);
      await start('one');
      await under.produce(sent.slice(0, 150));
      await under.produce(sent.slice(150));
      await readsAll(under.pool, sent);

      for (const key of new Set(sent.map((record) => record.key))) {
        const expected = sent.filter((record) => record.key === key).map(({ value }) => value);
        expect(await valuesOf(under.pool, `order:${key}:%`, key)).toEqual(expected);
      }
    }, 60_000);

    it('guarantee 1: loses nothing over a restart, and repeats nothing', async () => {
      const first = numbered('before', 60, 8);
      const second = numbered('between', 60, 8);
      const source = await start('one');
      await under.produce(first);
      await readsAll(under.pool, first);
      await stop(source);
      await under.produce(second);
      await start('two');
      await readsAll(under.pool, [...first, ...second]);
    }, 60_000);

    it('guarantee 1: after a failed batch it delivers again from the stored position', async () => {
      const sent = numbered('failing', 80, 8);
      let failures = 0;
      await start('one', (next) => async (batch) => {
        if (batch.records.length > 0 && failures < 3) {
          failures += 1;
          throw new Error('the database is away');
        }
        return next(batch);
      });
      await under.produce(sent);
      await readsAll(under.pool, sent);
      expect(failures).toBe(3);
    }, 60_000);

    it('guarantee 1: a crash after the commit does not bring the batch again', async () => {
      const sent = numbered('crash', 80, 8);
      let crashes = 0;
      await start('one', (next) => async (batch) => {
        const outcome = await next(batch);
        if (crashes < 2) {
          crashes += 1;
          throw new Error('the answer to the commit was lost');
        }
        return outcome;
      });
      await under.produce(sent);
      await readsAll(under.pool, sent);
      expect(crashes).toBe(2);
    }, 60_000);

    it("guarantee 2: refuses a zombie's swap and keeps its work out", async () => {
      const sent = numbered('zombie', 40, 8);
      let held: EventBatch | undefined;
      let release: () => void = () => undefined;
      const released = new Promise<void>((resolve) => {
        release = resolve;
      });
      const outcomes: string[] = [];
      await start('zombie', (next) => async (batch) => {
        if (held !== undefined) return next(batch);
        held = batch;
        await released;
        const outcome = await next(batch);
        outcomes.push(outcome);
        return outcome;
      });
      await under.produce(sent);
      await until(async () => held !== undefined);
      await claimAll(under.pool, await sourceName(under));
      release();
      await until(async () => outcomes.length > 0);
      expect(outcomes).toEqual(['fenced']);
      expect(await countOf(under.pool, 'zombie:%', 'zombie', held?.partition)).toBe(0);

      // Whoever reads the partition now finds all of it.
      await readsAll(under.pool, sent, async () => {
        const restarted = open.splice(0);
        await Promise.all(restarted.map((source) => source.stop()));
        await start('heir');
      });
    }, 60_000);

    it('guarantee 1: a record nobody can read does not hold up its partition', async () => {
      const sent = numbered('poison', 40, 4).map((record, index) =>
        index === 7 ? { ...record, value: '\u0000not json{' } : record,
      );
      await start('one', (next) => (batch) => {
        const records = batch.records.filter(({ value }) => !String(value).includes('not json'));
        return next({ ...batch, records });
      });
      const readable = sent.filter(({ value }) => !value.includes('not json'));
      await under.produce(sent.map((r) => ({ ...r, value: r.value.replace('\u0000', '') })));
      await readsAll(under.pool, readable);
    }, 60_000);

    it('shares the partitions among consumers, and takes over from one that leaves', async () => {
      const one = await start('one');
      const two = await start('two');
      await until(async () => one.assignments().length === 2 && two.assignments().length === 2);

      const shared = numbered('shared', 200, 40);
      await under.produce(shared);
      await readsAll(under.pool, shared);
      const { rows } = await under.pool.query<{ reader: string }>(
        `select distinct reader from read_record where value like 'shared:%' order by reader`,
      );
      expect(rows.map(({ reader }) => reader)).toEqual(['one', 'two']);

      await stop(one);
      await until(async () => two.assignments().length === 4);
      const after = numbered('after', 100, 40);
      await under.produce(after);
      await readsAll(under.pool, after);
    }, 60_000);

    it('guarantee 1: loses and repeats nothing while consumers come and go', async () => {
      const sent = numbered('churn', 600, 30);
      let isDone = false;
      const producing = (async () => {
        for (let start = 0; start < sent.length; start += 30) {
          await under.produce(sent.slice(start, start + 30));
          await sleep(20);
        }
      })();
      const churning = (async () => {
        while (!isDone) {
          const source = await start(`reader-${String(Math.random())}`);
          await sleep(300 + Math.random() * 300);
          if (open.length > 1) await stop(open[0] ?? source);
        }
      })();
      await producing;
      await readsAll(under.pool, sent);
      isDone = true;
      await churning;
    }, 90_000);

    it('semantics 10: knows the end of every partition, read by it or not', async () => {
      const source = await start('one');
      await until(async () => source.assignments().length === 4);
      const before = await endSum(source, under.topic);
      await under.produce(numbered('ends', 25, 10));
      expect(await endSum(source, under.topic)).toBe(before + 25n);
      const ends = (await source.ends()).filter(({ topic }) => topic === under.topic);
      expect(ends.map(({ partition }) => partition).sort()).toEqual([0, 1, 2, 3]);
    }, 60_000);
  });
}

/** Writes down what was read and moves the position, in one transaction. */
async function record(pool: Pool, reader: string, batch: EventBatch) {
  return inTransaction(pool, async (client) => {
    const { fence, nextOffset } = batch;
    const { refused } = await advancePositions(client, [{ fence, nextOffset, readTimeMs: null }]);
    if (refused.length > 0) return 'fenced' as const;
    await client.query(
      `insert into read_record select $1, o, v, $2 from unnest($3::bigint[], $4::text[]) as u (o, v)`,
      [
        batch.partition,
        reader,
        batch.records.map(({ offset }) => offset),
        batch.records.map(({ value }) => (value === null ? null : Buffer.from(value).toString())),
      ],
    );
    return 'done' as const;
  });
}

function numbered(test: string, count: number, keys: number): { key: string; value: string }[] {
  return Array.from({ length: count }, (_, index) => {
    const key = `k${String(index % keys)}`;
    return { key, value: `${test}:${key}:${String(index)}` };
  });
}

/** Waits until everything that was sent is there, then makes sure that nothing is there twice. */
async function readsAll(
  pool: Pool,
  sent: readonly { value: string }[],
  act: () => Promise<void> = async () => undefined,
): Promise<void> {
  await act();
  const wanted = sent.map(({ value }) => value).sort();
  let values: string[] = [];
  await until(async () => {
    const { rows } = await pool.query<{ value: string }>('select value from read_record');
    values = rows.map(({ value }) => value).filter((value) => wanted.includes(value));
    return new Set(values).size === wanted.length;
  });
  expect(values.sort()).toEqual(wanted);
}

async function valuesOf(pool: Pool, like: string, key: string): Promise<string[]> {
  const { rows } = await pool.query<{ value: string }>(
    'select value from read_record where value like $1 order by pos',
    [like],
  );
  expect(key).toBeTruthy();
  return rows.map(({ value }) => value);
}

async function countOf(pool: Pool, like: string, reader: string, part?: number): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(
    'select count(*)::int as n from read_record where value like $1 and reader = $2 and part = $3',
    [like, reader, part],
  );
  return rows[0]?.n ?? 0;
}

async function claimAll(pool: Pool, source: string): Promise<void> {
  await pool.query('update stream_position set epoch = epoch + 1 where source = $1', [source]);
}

async function sourceName(under: SourceUnderTest): Promise<string> {
  return (await under.open()).name;
}

async function endSum(source: EventSource, topic: string): Promise<bigint> {
  const ends = (await source.ends()).filter((end) => end.topic === topic);
  return ends.reduce((sum, { end }) => sum + end, 0n);
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('waited in vain');
    await sleep(20);
  }
}
