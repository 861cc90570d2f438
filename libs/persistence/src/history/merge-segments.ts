import type { HistoryEvent, HistoryPlace, HistoryQuery } from '@amends/application';

/** A row that may hold events of an answer, not opened yet. */
export interface Segment {
  readonly firstSeq: bigint;
  readonly minMs: number;
  readonly maxMs: number;
  readonly open: () => readonly HistoryEvent[];
}

export interface SegmentRound {
  readonly segments: readonly Segment[];
  /** Changes when segments were joined, after which they may stand elsewhere in the order. */
  readonly joins: number;
}

/**
 * The next segments, newest ones first (`desc`, by maxMs and firstSeq) or oldest ones first (`asc`, by minMs and
 * firstSeq), after the place of the last one.
 */
export type SegmentSource = (
  after: HistoryPlace | undefined,
  count: number,
) => Promise<SegmentRound>;

const ROUND_MAX = 32;

/**
 * Merges segments, whose spans of time overlap, into one list by time. None is opened that lies wholly beyond
 * the last event of the page.
 */
export async function mergeSegments(
  source: SegmentSource,
  matches: (event: HistoryEvent) => boolean,
  { order, limit }: Pick<HistoryQuery, 'order' | 'limit'>,
  firstRound: number,
): Promise<HistoryEvent[]> {
  for (;;) {
    const found = await mergeOnce(source, matches, new SortedPage(order, limit), firstRound);
    // Joined in between: once more, and whatever was read is thrown away.
    if (found !== undefined) return found;
  }
}

async function mergeOnce(
  source: SegmentSource,
  matches: (event: HistoryEvent) => boolean,
  page: SortedPage,
  firstRound: number,
): Promise<HistoryEvent[] | undefined> {
  let last: HistoryPlace | undefined;
  let before: number | undefined;
  for (let count = firstRound; ; count = Math.min(count * 2, ROUND_MAX)) {
    const { segments, joins } = await source(last, count);
    if (before !== undefined && before !== joins) return undefined;
    before = joins;
    for (const segment of segments) {
      last = page.startOf(segment);
      if (page.isBeyond(last.timeMs)) return page.events;
      page.add(segment.open().filter(matches));
    }
    if (segments.length < count) return page.events;
    if (last !== undefined && page.isBeyond(last.timeMs)) return page.events;
  }
}

class SortedPage {
  events: HistoryEvent[] = [];
  private readonly sign: number;

  constructor(
    private readonly order: 'asc' | 'desc',
    private readonly limit: number,
  ) {
    this.sign = order === 'asc' ? 1 : -1;
  }

  /** Where a segment stands in the order; nothing in it comes before that time. */
  startOf({ minMs, maxMs, firstSeq }: Segment): HistoryPlace {
    return { timeMs: this.order === 'asc' ? minMs : maxMs, seq: firstSeq };
  }

  /** Whether what comes from there on cannot be on the page any more. */
  isBeyond(timeMs: number): boolean {
    const last = this.events[this.limit - 1];
    return last !== undefined && this.sign * (timeMs - last.timeMs) > 0;
  }

  add(events: readonly HistoryEvent[]): void {
    if (events.length === 0) return;
    const all = [...this.events, ...events].sort(
      (a, b) => this.sign * (a.timeMs - b.timeMs || Number(a.seq - b.seq)),
    );
    this.events = all.slice(0, this.limit);
  }
}
