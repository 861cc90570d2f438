import { randomUUID } from 'node:crypto';
import { Topics, type IncomingEvent } from '@amends/application';
import { Pools } from '@amends/persistence';
import { useTestDatabase } from '@amends/testing';
import { LogEventSink } from './log-event-sink';

const database = useTestDatabase();
const topics = Topics.byType(
  (type) => `${type.split('.')[0] ?? ''}.events`,
  ['a.events', 'b.events'],
);

let pools: Pools;
beforeAll(async () => {
  pools = await Pools.open({ url: database().url, sizes: { one: 8, two: 8 } });
});
afterAll(() => pools.close());

const sinkOf = (role = 'one') => new LogEventSink({ pool: pools.get(role), topics });
const NOW = { history: false };

function event(id: string, { type = 'a.x', customer = 'c', body = '{}' } = {}): IncomingEvent {
  return {
    event: { source: 's', id, type, timeMs: 0, customerId: customer, json: {} },
    body,
    bodyHash: Buffer.from(body),
  };
}

async function rows<R extends object>(sql: string): Promise<R[]> {
  return (await database().pool.query<R>(sql)).rows;
}

describe('the log', () => {
  it('numbers the records of each partition without gaps, in commit order', async () => {
    const sinks = [sinkOf('one'), sinkOf('two'), sinkOf('one')];
    await Promise.all(
      Array.from({ length: 300 }, async (_, n) =>
        sinks[n % 3]?.append(
          [
            event(randomUUID(), { customer: `c${String(n % 17)}` }),
            event(randomUUID(), { type: 'b.x', customer: `c${String(n % 17)}` }),
          ],
          NOW,
        ),
      ),
    );
    const gaps = await rows(
      `select topic, partition from event_log group by 1, 2
       having count(*) <> max("offset") + 1 or min("offset") <> 0`,
    );
    expect(gaps).toEqual([]);
    const backwards = await rows(
      `select 1 from (
         select received_at < lag(received_at) over (partition by topic, partition
           order by "offset") as back from event_log) t where back`,
    );
    expect(backwards).toEqual([]);
    const [total] = await rows('select count(*)::int as n from event_log');
    expect(total).toEqual({ n: 600 });
    const heads = await rows(
      `select 1 from log_head h where next_offset <>
         (select count(*) from event_log l where l.topic = h.topic and l.partition = h.partition)`,
    );
    expect(heads).toEqual([]);
  });

  it('semantics 2: accepts an event once, however many send it at once', async () => {
    const sinks = [sinkOf('one'), sinkOf('two'), sinkOf('one'), sinkOf('two')];
    const ids = Array.from({ length: 50 }, () => randomUUID());
    const verdicts = await Promise.all(
      sinks.map((sink, n) => {
        const order = n % 2 === 0 ? ids : [...ids].reverse();
        return sink.append(
          order.map((id) => event(id)),
          NOW,
        );
      }),
    );
    const accepted = verdicts.flat().filter((verdict) => verdict === 'accepted');
    const duplicates = verdicts.flat().filter((verdict) => verdict === 'duplicate');
    expect([accepted.length, duplicates.length]).toEqual([50, 150]);
  });

  it('semantics 2: judges what stands twice in one request', async () => {
    const id = randomUUID();
    const verdicts = await sinkOf().append(
      [event(id), event(id), event(id, { body: '{"n":1}' })],
      NOW,
    );
    expect(verdicts).toEqual(['accepted', 'duplicate', 'quarantined']);
  });

  it('one request that cannot be stored fails alone', async () => {
    const sink = sinkOf();
    const bad = event(randomUUID(), { body: 'a NUL: \u0000' });
    const outcomes = await Promise.allSettled([
      sink.append([event(randomUUID())], NOW),
      sink.append([bad], NOW),
      sink.append([event(randomUUID())], NOW),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    const kept = await rows(`select 1 from event_log where body like 'a NUL%'`);
    expect(kept).toEqual([]);
  });

  it('requests that arrive together share transactions', async () => {
    const sink = sinkOf();
    const commits = async (): Promise<number> => {
      const [row] = await rows<{ n: number }>(
        'select count(distinct received_at)::int as n from event_log',
      );
      return row?.n ?? 0;
    };
    const before = await commits();
    await Promise.all(Array.from({ length: 200 }, () => sink.append([event(randomUUID())], NOW)));
    expect((await commits()) - before).toBeLessThan(20);
  });
});
