import type { Money } from '@amends/domain';
import { derivedId } from '../../ids/ids';
import { inStep } from '../../queries/in-step';
import type { Sql } from '../../queries/sql';
import type { CompensationKind } from '../model/compensation';
import { insertRows } from '../store/insert-rows';

export type LedgerKind = 'reserve' | 'settle' | 'void' | 'reverse';

/** What the company gives; it runs ever further below zero. */
const EXPENSE = 'expense:goodwill';
/** Set aside for a payout that a provider has still to confirm. */
const RESERVED = 'reserved:goodwill';

/** A movement between two accounts, for one compensation. */
export interface Posting {
  readonly kind: LedgerKind;
  readonly compensation: {
    readonly id: string;
    readonly customerId: string;
    readonly kind: CompensationKind;
    readonly provider: string | null;
    readonly round: number;
    readonly money: Money;
  };
  /** A payout that was set aside first; a wallet credit goes straight from the expense. */
  readonly wasReserved: boolean;
  readonly atMs: number;
}

/**
 * Writes double-entry transactions: the amounts of each sum to zero. One transaction of a kind per
 * compensation and reservation, by a unique index: a redo that would post twice fails instead. All
 * of it is sent, in order, before this returns.
 */
export async function post(sql: Sql, postings: readonly Posting[]): Promise<void> {
  if (postings.length === 0) return;
  const transactions = postings.map((posting) => ({ id: ledgerId(posting), posting }));
  await inStep(
    insertRows(
      sql,
      'ledger_tx',
      { id: 'text', compensation_id: 'text', kind: 'text', round: 'int' },
      transactions.map(({ id, posting: { kind, compensation } }) => ({
        id,
        compensation_id: compensation.id,
        kind,
        round: compensation.round,
      })),
    ),
    insertRows(
      sql,
      'ledger_entry',
      { tx_id: 'text', account: 'text', currency: 'text', amount_minor: 'bigint' },
      transactions.flatMap(({ id, posting }) => {
        const { minor, currency } = posting.compensation.money;
        const { from, to } = accounts(posting);
        return [
          { tx_id: id, account: from, currency, amount_minor: -minor },
          { tx_id: id, account: to, currency, amount_minor: minor },
        ];
      }),
    ),
    moveBalances(sql, postings),
  );
}

/** Where what was paid has gone. */
function destination({ kind, customerId, provider }: Posting['compensation']): string {
  if (kind === 'credit') return `wallet:${customerId}`;
  if (kind === 'voucher') return `voucher:${customerId}`;
  return `provider:${provider ?? kind}`;
}

function accounts({ kind, compensation, wasReserved }: Posting): { from: string; to: string } {
  switch (kind) {
    case 'reserve':
      return { from: EXPENSE, to: RESERVED };
    case 'settle':
      return { from: wasReserved ? RESERVED : EXPENSE, to: destination(compensation) };
    case 'void':
      return { from: RESERVED, to: EXPENSE };
    case 'reverse':
      return { from: destination(compensation), to: EXPENSE };
  }
}

/** Keeps wallet_balance equal to the postings of the wallet accounts. */
async function moveBalances(sql: Sql, postings: readonly Posting[]): Promise<void> {
  const sums = new Map<string, { customerId: string; currency: string; minor: bigint }>();
  for (const { kind, compensation } of postings) {
    if (compensation.kind !== 'credit') continue;
    const sign = kind === 'settle' ? 1n : kind === 'reverse' ? -1n : 0n;
    if (sign === 0n) continue;
    const { customerId, money } = compensation;
    const key = JSON.stringify([customerId, money.currency]);
    const sum = sums.get(key) ?? { customerId, currency: money.currency, minor: 0n };
    sums.set(key, { ...sum, minor: sum.minor + sign * money.minor });
  }
  // In one order everywhere, or two transactions over the same wallets would wait for each other.
  const ordered = [...sums.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sum]) => sum);
  await insertRows(
    sql,
    'wallet_balance',
    { customer_id: 'text', currency: 'text', balance_minor: 'bigint' },
    ordered.map(({ customerId, currency, minor }) => ({
      customer_id: customerId,
      currency,
      balance_minor: minor,
    })),
    {
      onConflict: `on conflict (customer_id, currency)
        do update set balance_minor = wallet_balance.balance_minor + excluded.balance_minor`,
    },
  );
}

function ledgerId({ kind, compensation, atMs }: Posting): string {
  return derivedId('ltx', atMs, JSON.stringify([compensation.id, compensation.round, kind]));
}
