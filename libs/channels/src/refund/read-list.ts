import type { ListedPayout } from '@amends/application';
import { parseInstant, readMoney, roundMoney } from '@amends/domain';
import type { HttpAnswer } from './http-request';

/** A page of the payouts that a refund service has made. */
export interface ListedPage {
  readonly payouts: readonly ListedPayout[];
  /** What the next page comes after; null: this is the last. */
  readonly next: string | null;
}

const STATUSES = ['pending', 'succeeded', 'failed'] as const;

/**
 * `{"refunds": [{"reference", "key", "amount", "status", "created_at"}], "next"}`. Undefined when any
 * of it cannot be read: half a list would make payouts look as if they were missing.
 */
export function readList(answer: HttpAnswer): ListedPage | undefined {
  if (answer.kind !== 'answer' || answer.status !== 200) return undefined;
  const { refunds, next } = parse(answer.body);
  if (!Array.isArray(refunds)) return undefined;
  const payouts = refunds.map(readPayout);
  const isWhole = payouts.every((payout) => payout !== undefined);
  return isWhole ? { payouts, next: typeof next === 'string' ? next : null } : undefined;
}

function readPayout(json: unknown): ListedPayout | undefined {
  if (typeof json !== 'object' || json === null) return undefined;
  const { reference, key, amount, status, created_at: at } = json as Record<string, unknown>;
  const money = readMoney(amount);
  const known = STATUSES.find((word) => word === status);
  const createdAtMs = typeof at === 'string' ? parseInstant(at) : undefined;
  if (typeof reference !== 'string' || !money || !known || createdAtMs === undefined) {
    return undefined;
  }
  return {
    providerRef: reference,
    key: typeof key === 'string' ? key : null,
    money: roundMoney(money),
    status: known,
    createdAtMs,
  };
}

function parse(body: string | undefined): Readonly<Record<string, unknown>> {
  try {
    const json: unknown = JSON.parse(body ?? '');
    return typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
