import type { DomainEvent, JsonObject } from '@amends/domain';
import { decodeStored } from './decode-stored';
import { HistoryKeys, historyKeyHash } from './history-key';
import { decisionShard, stableHash } from './stable-hash';
import { Topics } from './topics';

const event = (json: JsonObject = {}, customerId?: string): DomainEvent => ({
  source: 's',
  id: 'i',
  type: 'a.x',
  timeMs: 0,
  customerId,
  json,
});

describe('stableHash', () => {
  it('never changes: partitions and shards are stored by it', () => {
    expect([stableHash(''), stableHash('c_123'), stableHash('订单')]).toMatchInlineSnapshot(`
      [
        2872998923,
        3852644845,
        3108628998,
      ]
    `);
  });

  it('spreads over partitions and shards', () => {
    const counts = new Map<number, number>();
    for (let n = 0; n < 16_000; n += 1) {
      const shard = decisionShard(`c${String(n)}`);
      counts.set(shard, (counts.get(shard) ?? 0) + 1);
    }
    expect(counts.size).toBe(16);
    expect(Math.min(...counts.values())).toBeGreaterThan(800);
  });
});

describe('Topics', () => {
  it('keeps what concerns one customer, or one thing, in one partition', () => {
    const topics = Topics.byType(() => 'a.events', ['a.events']);
    const byCustomer = topics.partitionOf(event({ subject: 'one' }, 'c1'));
    expect(topics.partitionOf(event({ subject: 'two' }, 'c1'))).toBe(byCustomer);
    const bySubject = topics.partitionOf(event({ subject: 'x', id: '1' }));
    expect(topics.partitionOf(event({ subject: 'x', id: '2' }))).toBe(bySubject);
  });

  it('semantics 12: has one order for everything under the stream clock', () => {
    const topics = Topics.single();
    const places = ['c1', 'c2', 'c3'].map((customer) => topics.partitionOf(event({}, customer)));
    expect([...places, topics.topicOf('a.x'), topics.topicOf('b.y')]).toEqual([
      0,
      0,
      0,
      'all.events',
      'all.events',
    ]);
  });
});

describe('HistoryKeys', () => {
  it('reads the values that rules look up by, and nothing where there is none', () => {
    const keys = new HistoryKeys([
      { type: 'a.x', path: 'data.order_id' },
      { type: 'a.x', path: 'subject' },
      { type: 'b.y', path: 'data.order_id' },
    ]);
    expect(keys.of(event({ data: { order_id: 'o1' } }))).toEqual([
      { path: 'data.order_id', hash: historyKeyHash('o1') },
    ]);
    expect(keys.of(event({ data: { order_id: null } }))).toEqual([]);
    expect(keys.of({ ...event({ data: { order_id: 'o1' } }), type: 'c.z' })).toEqual([]);
  });

  it('tells 1 and "1" apart', () => {
    expect(historyKeyHash(1)).not.toEqual(historyKeyHash('1'));
    expect(historyKeyHash('x')).toHaveLength(16);
  });
});

describe('decodeStored', () => {
  it('reads an event, its time in any zone', () => {
    const text = JSON.stringify({
      source: 's',
      id: 'i',
      type: 'a.x',
      time: '2026-03-01T12:00:00+08:00',
      customerid: 'c',
    });
    expect(decodeStored({ value: text })).toMatchObject({
      ok: true,
      event: { timeMs: Date.UTC(2026, 2, 1, 4), customerId: 'c' },
    });
  });

  it.each([null, 'torn {', '[]', 'null', '{"source":"s"}', '{"source":"s","id":"i","type":"t"}'])(
    'says what is wrong with %s instead of throwing',
    (value) => {
      expect(decodeStored({ value })).toMatchObject({ ok: false, code: 'undecodable' });
    },
  );
});
