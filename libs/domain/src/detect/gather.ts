import { attributeText, type DomainEvent } from '../event';
import type { JsonObject } from '../json';
import { byTimeAndRef, eventRef, jsonRef, orderOf } from './event-ref';
import type { GatheredBook, GatheredItem, GatheredState } from './gathered-state';
import { LONG_AFTER_MS, RETENTION_MS, type SlotContext, type SlotPlan } from './slot-context';

/** What window and sequence do differently with an event. */
export interface GatherSpec {
  readonly allowLateMs: number | null;
  /** How long an event can matter to later ones: `over`, `within`. */
  readonly spanMs: number;
  readonly types: ReadonlySet<string>;
  /** The event as this rule counts it; undefined where it counts for nothing. */
  readonly itemOf: (
    event: JsonObject,
    own: boolean,
    context: SlotContext,
  ) => GatheredItem | undefined;
  /** Looks at what the new event completes. Answers the items that an incident used up. */
  readonly look: (
    items: readonly GatheredItem[],
    added: GatheredItem,
    version: number,
    context: SlotContext,
  ) => readonly GatheredItem[];
}

export interface GatherVersions {
  readonly current: number | null;
  readonly specOf: (version: number) => GatherSpec | undefined;
}

/** Takes one event in: at once, or, with `allow_late`, when the clock has passed its time by that much. */
export function gatherOnEvent(
  state: GatheredState,
  event: DomainEvent,
  versions: GatherVersions,
  context: SlotContext,
): SlotPlan {
  const waitMs = allowLateMs(state, versions);
  const waits = waitMs !== null && event.timeMs + waitMs >= context.clockMs;
  if (!waits) take(state, event.json, versions, context);
  else if (!state.waiting.some((one) => jsonRef(one) === eventRef(event))) {
    state.waiting.push(event.json);
    state.waiting.sort((a, b) => byTimeAndRef(orderOf(a), orderOf(b)));
  }
  return plan(state, versions, context);
}

/** Lets those in whose waiting is over, in (time, source, id) order (RULES.md, semantics 3). */
export function gatherFire(
  state: GatheredState,
  versions: GatherVersions,
  context: SlotContext,
): SlotPlan {
  const waitMs = allowLateMs(state, versions) ?? 0;
  const isReady = (event: JsonObject) => orderOf(event).t + waitMs <= context.dueMs;
  const ready = state.waiting.filter(isReady);
  state.waiting = state.waiting.filter((event) => !isReady(event));
  for (const event of ready) take(state, event, versions, context);
  return plan(state, versions, context);
}

function take(
  state: GatheredState,
  event: JsonObject,
  versions: GatherVersions,
  context: SlotContext,
): void {
  const { current } = versions;
  if (current !== null && !state.books.some((book) => book.n === current)) {
    state.books.push({ n: current, items: [], used: [] });
    state.books.sort((a, b) => a.n - b.n);
  }
  for (const book of state.books) {
    const spec = versions.specOf(book.n);
    if (spec && isAlive(book, current))
      takeInto(state, book, event, spec, book.n === current, context);
  }
}

/** An old version goes on while it holds an event that it took before the newer one went live. */
function isAlive(book: GatheredBook, current: number | null): boolean {
  return book.n === current || book.items.some((item) => item.o);
}

function takeInto(
  state: GatheredState,
  book: GatheredBook,
  event: JsonObject,
  spec: GatherSpec,
  own: boolean,
  context: SlotContext,
): void {
  if (!spec.types.has(attributeText(event, 'type'))) return;
  const ref = jsonRef(event);
  if (book.used.some(([, used]) => used === ref) || book.items.some((one) => refOf(one) === ref))
    return;
  const bare = spec.itemOf(event, own, context);
  if (!bare) return;
  const isLate = context.clockMs - bare.t > LONG_AFTER_MS;
  const item = isLate ? { ...bare, a: context.clockMs } : bare;
  book.items.push(item);
  book.items.sort(byTimeAndRef);
  const used = spec.look(book.items, item, book.n, context);
  if (used.length > 0) useUp(state, used);
}

/** What served in one incident counts for no later one, of whichever version. */
function useUp(state: GatheredState, used: readonly GatheredItem[]): void {
  const refs = new Set(used.map(refOf));
  for (const book of state.books) {
    book.items = book.items.filter((item) => !refs.has(refOf(item)));
    book.used.push(...used.map((item): [number, string] => [keptFromMs(item), refOf(item)]));
  }
}

function plan(state: GatheredState, versions: GatherVersions, context: SlotContext): SlotPlan {
  let lastMs = 0;
  for (const book of state.books) {
    const keepMs = (versions.specOf(book.n)?.spanMs ?? 0) + RETENTION_MS;
    const beforeMs = context.clockMs - keepMs;
    book.items = book.items.filter((item) => keptFromMs(item) >= beforeMs);
    book.used = book.used.filter(([t]) => t >= beforeMs);
    for (const item of book.items) lastMs = Math.max(lastMs, keptFromMs(item) + keepMs);
    for (const [t] of book.used) lastMs = Math.max(lastMs, t + keepMs);
  }
  state.books = state.books.filter(
    (book) => (isAlive(book, versions.current) && book.items.length > 0) || book.used.length > 0,
  );
  const first = state.waiting[0];
  if (!first) return { fireAtMs: null, sweepAfterMs: lastMs };
  return { fireAtMs: orderOf(first).t + (allowLateMs(state, versions) ?? 0), sweepAfterMs: null };
}

/** The waiting of the version that is live, else of the newest that still gathers. */
function allowLateMs(state: GatheredState, versions: GatherVersions): number | null {
  const version = versions.current ?? state.books.at(-1)?.n;
  return version === undefined ? null : (versions.specOf(version)?.allowLateMs ?? null);
}

function keptFromMs(item: GatheredItem): number {
  return item.a ?? item.t;
}

function refOf(item: GatheredItem): string {
  return eventRef({ source: item.s, id: item.d });
}
