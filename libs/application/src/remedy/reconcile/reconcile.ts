import type { Sql } from '../../queries/sql';
import { latestAttempt, notePending, type Attempt } from '../payout/attempt-rows';
import type { ListedPayout, PayoutInquiry, PayoutProvider } from '../payout/payout-provider';
import { recordAnswer } from '../payout/record-answer';
import { isInWindow } from '../payout/retry-policy';
import type { Remedy } from '../remedy';
import { comparePayout, type BookedPayout, type Difference } from './compare-payouts';
import { keepDifferences } from './difference-rows';
import { readBooked, readKeys } from './read-booked';

export interface Reconciled {
  readonly provider: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly listed: number;
  /** Listed, and not asked for by us, or by another name of ours. */
  readonly foreign: number;
  readonly compared: number;
  /** Open payouts that the list has answered. */
  readonly resolved: number;
  readonly differences: readonly Difference[];
}

const PAGE = 1000;
/** A provider's list may be so much behind, and its clock beside ours. */
const SLACK_MS = 60 * 60_000;

/**
 * Holds our attempts against a provider's own list of payouts, and names what differs. Fetched with our
 * own credentials, the list is as good as an answer: what is open in our books is settled or failed by
 * it. What differs is kept, told of once, and forgotten when it is gone.
 */
export class Reconcile {
  constructor(private readonly remedy: Remedy) {}

  /** Throws when the list is cut short: half of it would make payouts look as if they were missing. */
  async execute(provider: PayoutProvider, fromMs: number, toMs: number): Promise<Reconciled> {
    const byKey = new Map<string, ListedPayout[]>();
    let [listed, foreign] = [0, 0];
    for await (const payout of provider.list(fromMs - SLACK_MS, toMs + SLACK_MS)) {
      listed += 1;
      const { key } = payout;
      if (key === null) foreign += 1;
      else byKey.set(key, [...(byKey.get(key) ?? []), payout]);
    }
    const keys = [...byKey.keys()];
    const booked = await this.readAll(provider, fromMs, toMs, keys);
    for (const key of await this.readOthers(keys.filter((key) => !booked.has(key)))) {
      foreign += byKey.get(key)?.length ?? 0;
      byKey.delete(key);
    }
    const differences: Difference[] = [];
    let resolved = 0;
    for (const row of booked.values()) {
      const theirs = byKey.get(row.key) ?? [];
      differences.push(...comparePayout(row, row.key, theirs));
      if (await this.resolve(provider, row, theirs)) resolved += 1;
    }
    for (const [key, theirs] of byKey) {
      if (!booked.has(key)) differences.push(...comparePayout(undefined, key, theirs));
    }
    await this.tell(provider.name, [...booked.keys(), ...keys], differences);
    const compared = booked.size;
    return {
      provider: provider.name,
      fromMs,
      toMs,
      listed,
      foreign,
      compared,
      resolved,
      differences,
    };
  }

  /** Everything sent in the time, and whatever the list has of ours besides. */
  private async readAll(
    { name }: PayoutProvider,
    fromMs: number,
    toMs: number,
    keys: readonly string[],
  ): Promise<Map<string, BookedPayout>> {
    const { database } = this.remedy;
    const ripeBeforeMs = toMs - SLACK_MS;
    const rows = await readBooked(database, name, { fromMs, toMs, ripeBeforeMs });
    const booked = new Map(rows.map((row) => [row.key, row]));
    const others = keys.filter((key) => !booked.has(key));
    for (let start = 0; start < others.length; start += PAGE) {
      const page = others.slice(start, start + PAGE);
      for (const row of await readBooked(database, name, { keys: page, ripeBeforeMs })) {
        booked.set(row.key, row);
      }
    }
    return booked;
  }

  /** What was sent by another name: of two brands that have one account, each lists what is of both. */
  private async readOthers(keys: readonly string[]): Promise<string[]> {
    const others: string[] = [];
    for (let start = 0; start < keys.length; start += PAGE) {
      others.push(...(await readKeys(this.remedy.database, keys.slice(start, start + PAGE))));
    }
    return others;
  }

  /** Whether the list has answered what was open. */
  private async resolve(
    provider: PayoutProvider,
    { compensationId, key, state }: BookedPayout,
    theirs: readonly ListedPayout[],
  ): Promise<boolean> {
    const isOpen = state === 'sent' || state === 'unknown';
    const isBack = theirs.length > 0 && theirs.every(({ status }) => status === 'failed');
    if (!isOpen && !(state === 'succeeded' && isBack)) return false;
    const { database } = this.remedy;
    return database.transaction(async (sql) => {
      const attempt = await latestAttempt(sql, compensationId);
      if (attempt?.key !== key) return false;
      const answer = answerOf(theirs, provider, attempt);
      if (answer === undefined) return false;
      // It had succeeded, and the bank has sent it back: it counts as one that was not through.
      if (state === 'succeeded') await notePending(sql, attempt.id);
      const recorded = await recordAnswer(sql, this.remedy, attempt, answer);
      return recorded === 'settled' || recorded === 'pending' || recorded === 'failed';
    });
  }

  private async tell(
    provider: string,
    keys: readonly string[],
    differences: readonly Difference[],
  ): Promise<void> {
    const { database, observer } = this.remedy;
    const fresh = await database.transaction((sql: Sql) =>
      keepDifferences(sql, provider, keys, differences),
    );
    for (const { kind, compensationId } of fresh) {
      const about = compensationId === null ? { code: kind } : { compensationId, code: kind };
      observer.alarm('our books and those of a payout provider differ', about);
    }
  }
}

/** Undefined where the list says nothing that could be relied on. */
function answerOf(
  theirs: readonly ListedPayout[],
  { capabilities }: PayoutProvider,
  attempt: Attempt,
): PayoutInquiry | undefined {
  const standing = theirs.find(({ status }) => status !== 'failed');
  if (standing) {
    const { providerRef, status } = standing;
    return { kind: 'accepted', providerRef, arrives: null, isPending: status === 'pending' };
  }
  const [failed] = theirs;
  if (failed) return { kind: 'rejected', code: 'failed', proof: failed.providerRef };
  // Inside the window the payer sends the same key again, which tells more than a list that lacks it.
  return isInWindow(capabilities, attempt.ageMs) ? undefined : { kind: 'not_found' };
}
