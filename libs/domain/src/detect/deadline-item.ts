import type { DomainEvent } from '../event';
import { formatInstant } from '../values';
import { customerOf, judge, read } from './compiled-common';
import { type DeadlineSpec, EXPECT, EXTEND, START } from './compiled-deadline';
import type { DeadlineItem, DeadlineState } from './deadline-state';
import type { DeadlineVersions } from './deadline-versions';
import { LONG_AFTER_MS, type SlotContext } from './slot-context';

/** What of an event the key must remember; undefined: it is known already, or plays no part. */
export function asItem(
  state: DeadlineState,
  event: DomainEvent,
  versions: DeadlineVersions,
  context: SlotContext,
): DeadlineItem | undefined {
  if (isKnown(state.items, event) || isKnown(state.fired, event)) return undefined;
  const roles = versions.rolesOf(event.type);
  const opens = startVersion(state, event, versions, context);
  const others = roles & ~START;
  if (opens === undefined && others === 0) return undefined;
  const keepsExpect = versions.current?.spec.keepsExpect ?? true;
  const keeps =
    opens !== undefined || (roles & EXTEND) !== 0 || ((roles & EXPECT) !== 0 && keepsExpect);
  const item: Writable<DeadlineItem> = {
    t: event.timeMs,
    s: event.source,
    d: event.id,
    y: event.type,
  };
  if (opens !== undefined) item.n = opens;
  if (context.clockMs - event.timeMs > LONG_AFTER_MS) item.a = context.clockMs;
  if (keeps) item.e = event.json;
  return item;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

function isKnown(
  known: readonly Pick<DeadlineItem, 's' | 'd'>[],
  { source, id }: DomainEvent,
): boolean {
  for (const { s, d } of known) if (d === id && s === source) return true;
  return false;
}

/** The version that takes this event as a start, if its `where` holds and it says who and until when. */
function startVersion(
  state: DeadlineState,
  event: DomainEvent,
  { current }: DeadlineVersions,
  context: SlotContext,
): number | undefined {
  if (!current || ((current.spec.roles.get(event.type) ?? 0) & START) === 0) return undefined;
  if (state.fired.some((fired) => fired.t > event.timeMs)) return undefined;
  const { spec } = current;
  const dueMs = spec.dueMs(event.json, event.timeMs);
  const undecided = (path: string) => {
    context.emit({ kind: 'undecidable', ruleId: context.ruleId, path });
  };
  if (spec.where && !isWanted(event, dueMs, spec, undecided)) return undefined;
  if (dueMs === undefined) undecided('due');
  else if (customerOf(event) === undefined) undecided('customerid');
  else return current.version;
  return undefined;
}

function isWanted(
  event: DomainEvent,
  dueMs: number | undefined,
  spec: DeadlineSpec,
  undecided: (path: string) => void,
): boolean {
  const vars = {
    start: event.json,
    moves: 0,
    // Written out only where something reads it.
    get due() {
      return dueMs === undefined ? null : formatInstant(dueMs);
    },
  };
  const judged = judge(read(spec, event.json, vars), spec.where);
  if (judged.verdict === 'undecidable') judged.undecided.forEach(undecided);
  return judged.verdict === 'true';
}
