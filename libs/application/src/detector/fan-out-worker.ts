import { fanOutPage, type EventDetector, type FanOut, type JsonObject } from '@amends/domain';
import { decodeStored } from '../events/decode-stored';
import type { History, HistoryEvent } from '../history/history';
import type { Database, Sql } from '../queries/sql';
import { waitForBatches } from './detect-lock';
import type { DetectStore, DetectTx } from './detect-store';
import { effectRows, type EffectRows } from './effect-rows';
import type { NotedEffect } from './evaluation';
import type { LoadedRules } from './loaded-rules';
import type { DetectorObserver } from './detector-observer';
import type { RuleSetLoader } from './rule-set-loader';
import type { UndecidableCounter } from './undecidable-counter';
import { writeEffects } from './write-batch';

export interface FanOutWorkerOptions {
  readonly database: Database;
  readonly history: History;
  readonly store: DetectStore;
  readonly rules: RuleSetLoader;
  readonly undecidable: UndecidableCounter;
  readonly observer: DetectorObserver;
  /** The clock after which no arrivals are waited for, epoch ms. */
  readonly clockMs: () => number | Promise<number>;
  /** After a page that asked for decisions. */
  readonly onFound: () => void;
}

const PAGE = 500;
const FAN_OUTS_MAX = 20;

/**
 * Pages through history for triggers of rules with `for_each`, each page one transaction: a recall over
 * a hundred thousand owners never runs in a batch.
 */
export class FanOutWorker {
  constructor(private readonly options: FanOutWorkerOptions) {}

  /** One round; answers whether there was anything to do. */
  async tick(): Promise<boolean> {
    const { database, clockMs } = this.options;
    const { rows } = await database.query<{ id: bigint; begun: boolean }>(
      `select id, cursor_seq is not null as begun from fanout where not done and not paged
       order by id limit ${String(FAN_OUTS_MAX)}`,
    );
    // Batches that did not know of the trigger must be in history before it is paged through.
    if (rows.some(({ begun }) => !begun)) await database.transaction(waitForBatches);
    for (const { id } of rows) await this.page(id);
    await endThoseOver(database, await clockMs());
    return rows.length > 0;
  }

  private async page(id: bigint): Promise<void> {
    const { store, history, rules: loader, undecidable, observer, onFound } = this.options;
    const rules = await loader.current();
    const found = await store.transaction((tx) => pageOne(tx, history, id, rules), {
      durable: true,
      onRedo: (reason) => observer.onRedo?.(reason),
    });
    if (found === undefined) return;
    undecidable.add(found.rows.undecidable);
    observer.onIncidents?.('opened', found.opened);
    if (found.opened > 0) onFound();
  }
}

interface FanOutState {
  readonly rule_id: string;
  readonly rule_no: number;
  readonly lane: number;
  readonly version: number;
  readonly key: string;
  readonly trigger_ref: string;
  readonly trigger_body: string;
  readonly at: Date;
  readonly since: Date;
  readonly until: Date;
  readonly clock: Date;
  readonly history_mark: bigint | null;
  readonly cursor_time: Date | null;
  readonly cursor_seq: bigint | null;
  readonly now: Date;
}

async function pageOne(
  tx: DetectTx,
  history: History,
  id: bigint,
  rules: LoadedRules,
): Promise<{ rows: EffectRows; opened: number } | undefined> {
  const { sql } = tx;
  const state = await claim(sql, id);
  if (state === undefined) return undefined;
  const fanOut = fanOutOf(state);
  const detector = rules.versionOf(state.rule_id, state.version)?.detector;
  // Switched off: it does not run at all any more.
  const isOn = rules.ruleSet.entryOf(fanOut) !== undefined;
  if (!isOn || detector?.type !== 'event' || detector.forEach === null) {
    await sql.query('update fanout set done = true where id = $1', [id]);
    return undefined;
  }
  const page = await readPage(sql, history, state, detector.forEach.event);
  const rows = effectRows(find(page, detector, fanOut, state), () => state.history_mark);
  const { opened } = await writeEffects(tx, rows);
  const last = page.at(-1);
  await sql.query(
    `update fanout set cursor_time = coalesce($2::timestamptz, cursor_time),
       cursor_seq = coalesce($3::bigint, cursor_seq, 0), paged = $4 where id = $1`,
    [id, last === undefined ? null : new Date(last.timeMs), last?.seq ?? null, page.length < PAGE],
  );
  return { rows, opened };
}

async function claim(sql: Sql, id: bigint): Promise<FanOutState | undefined> {
  const { rows } = await sql.query<FanOutState>(
    `select r.id as rule_id, f.*, clock_timestamp() as now
     from fanout f join rule r on r.no = f.rule_no
     where f.id = $1 and not f.paged and not f.done for update of f skip locked`,
    [id],
  );
  return rows[0];
}

/** Newest first, since the newest event of each owner speaks. */
function readPage(
  sql: Sql,
  history: History,
  { since, until, history_mark, cursor_time, cursor_seq }: FanOutState,
  type: string,
): Promise<readonly HistoryEvent[]> {
  return history.read(sql, {
    types: [type],
    // After the one, up to the other: times are whole milliseconds.
    fromMs: since.getTime() + 1,
    toMs: until.getTime() + 1,
    mark: history_mark ?? undefined,
    after:
      cursor_time === null || cursor_seq === null
        ? undefined
        : { timeMs: cursor_time.getTime(), seq: cursor_seq },
    order: 'desc',
    limit: PAGE,
  });
}

function find(
  page: readonly HistoryEvent[],
  detector: EventDetector,
  fanOut: FanOut,
  { clock, history_mark, now }: FanOutState,
): NotedEffect[] {
  // Under the stream clock what is found was found at the trigger; under the other one, now.
  const clockMs = (history_mark === null ? now : clock).getTime();
  const events = page.flatMap(({ body }) => {
    const decoded = decodeStored({ value: body });
    return decoded.ok ? [decoded.event] : [];
  });
  return fanOutPage(detector, fanOut, events, clockMs).map((effect) => ({
    effect,
    clockMs,
    readCount: 0,
  }));
}

function fanOutOf(state: FanOutState): FanOut {
  return {
    kind: 'fan-out',
    ruleNo: state.rule_no,
    lane: state.lane === 0 ? 'live' : 'shadow',
    ruleVersion: state.version,
    key: state.key,
    trigger: JSON.parse(state.trigger_body) as JsonObject,
    triggerRef: state.trigger_ref,
    atMs: state.at.getTime(),
    fromMs: state.since.getTime(),
    toMs: state.until.getTime(),
  };
}

/** What arrives later is not theirs: the clock has passed their time. */
async function endThoseOver(sql: Sql, clockMs: number): Promise<void> {
  if (!Number.isFinite(clockMs)) return;
  await sql.query('update fanout set done = true where paged and not done and until < $1', [
    new Date(clockMs),
  ]);
}
