import type { HistoryEvent, HistoryPlace, HistoryQuery } from '@amends/application';
import * as fc from 'fast-check';
import { eventMatches } from './event-matches';
import { mergeSegments, type Segment, type SegmentSource } from './merge-segments';

type Order = 'asc' | 'desc';

const TYPES = ['a', 'b', 'c'];

/** Segments as they would be appended, with few instants so that many events share one. */
const segments = fc
  .array(
    fc.array(fc.record({ timeMs: fc.nat(30), type: fc.constantFrom(...TYPES) }), {
      minLength: 1,
      maxLength: 6,
    }),
    { maxLength: 12 },
  )
  .map((lists) =>
    lists.map((list, segment) =>
      list.map((one, n): HistoryEvent => ({
        ...one,
        seq: BigInt(segment * 4_096 + n),
        body: '{}',
      })),
    ),
  );

const query = fc.record({
  order: fc.constantFrom<Order>('asc', 'desc'),
  limit: fc.integer({ min: 1, max: 8 }),
  types: fc.option(fc.subarray(TYPES, { minLength: 1 }), { nil: undefined }),
  fromMs: fc.option(fc.nat(30), { nil: undefined }),
  toMs: fc.option(fc.nat(31), { nil: undefined }),
  mark: fc.option(
    fc.tuple(fc.nat(12), fc.nat(5)).map(([segment, n]) => BigInt(segment * 4_096 + n)),
    { nil: undefined },
  ),
});

function ordered(order: Order) {
  const sign = order === 'asc' ? 1 : -1;
  return (a: HistoryPlace, b: HistoryPlace): number =>
    sign * (a.timeMs - b.timeMs || Number(a.seq - b.seq));
}

/** As the table answers; it notes what was opened. */
function sourceOf(lists: readonly (readonly HistoryEvent[])[], order: Order, opened: Segment[]) {
  const all = lists.map((events): Segment & { place: HistoryPlace } => {
    const times = events.map(({ timeMs }) => timeMs);
    const [minMs, maxMs] = [Math.min(...times), Math.max(...times)];
    const firstSeq = events[0]?.seq ?? 0n;
    const segment: Segment & { place: HistoryPlace } = {
      firstSeq,
      minMs,
      maxMs,
      place: { timeMs: order === 'asc' ? minMs : maxMs, seq: firstSeq },
      open: () => {
        opened.push(segment);
        return events;
      },
    };
    return segment;
  });
  const inOrder = ordered(order);
  all.sort((a, b) => inOrder(a.place, b.place));
  const source: SegmentSource = (after, count) => {
    const rest = all.filter(({ place }) => after === undefined || inOrder(after, place) < 0);
    return Promise.resolve({ segments: rest.slice(0, count), joins: 0 });
  };
  return source;
}

async function pagesOf(lists: readonly (readonly HistoryEvent[])[], asked: HistoryQuery) {
  const pages: HistoryEvent[] = [];
  for (let after: HistoryPlace | undefined; ;) {
    const one = { ...asked, after };
    const source = sourceOf(lists, asked.order, []);
    const page = await mergeSegments(source, eventMatches(one), one, 2);
    pages.push(...page);
    after = page.at(-1);
    if (after === undefined || page.length < asked.limit) return pages;
  }
}

describe('merging segments', () => {
  it('gives the same events in the same order as one sorted list, page by page', async () => {
    await fc.assert(
      fc.asyncProperty(segments, query, async (lists, asked) => {
        const { types, fromMs = 0, toMs = Infinity, mark } = asked;
        const wanted = lists
          .flat()
          .filter(({ timeMs }) => timeMs >= fromMs && timeMs < toMs)
          .filter(({ type }) => types?.includes(type) ?? true)
          .filter(({ seq }) => mark === undefined || seq <= mark)
          .sort(ordered(asked.order));
        expect(await pagesOf(lists, asked)).toEqual(wanted);
      }),
      { numRuns: 500 },
    );
  });

  it('opens no segment that lies beyond the page', async () => {
    const lists = Array.from({ length: 50 }, (_, segment) =>
      Array.from({ length: 10 }, (_event, n): HistoryEvent => ({
        seq: BigInt(segment * 4_096 + n),
        timeMs: segment * 10 + n,
        type: 'a',
        body: '{}',
      })),
    );
    for (const order of ['asc', 'desc'] as const) {
      const opened: Segment[] = [];
      const asked = { order, limit: 15 };
      const source = sourceOf(lists, order, opened);
      const page = await mergeSegments(source, eventMatches(asked), asked, 2);
      expect(page).toHaveLength(15);
      expect(opened).toHaveLength(2);
    }
  });

  it('begins again when segments were joined meanwhile', async () => {
    const event = (seq: bigint, timeMs: number): HistoryEvent => ({
      seq,
      timeMs,
      type: 'a',
      body: '{}',
    });
    const apart = [[event(0n, 1)], [event(4_096n, 2)], [event(8_192n, 3)]];
    const joined = [[event(0n, 1), event(4_096n, 2), event(8_192n, 3)]];
    let rounds = 0;
    const source: SegmentSource = async (after, count) => {
      rounds += 1;
      const lists = rounds === 1 ? apart : joined;
      const round = await sourceOf(lists, 'desc', [])(after, count);
      return { ...round, joins: rounds === 1 ? 0 : 1 };
    };
    const asked = { order: 'desc', limit: 10 } as const;
    const page = await mergeSegments(source, eventMatches(asked), asked, 2);
    expect(page.map(({ timeMs }) => timeMs)).toEqual([3, 2, 1]);
  });
});
