import type { Sql } from '../../queries/sql';
import { Budgets } from '../budgets/budgets';
import { ExitCeilings, type CeilingSettings } from '../exit/exit-ceilings';
import type { Wanted } from './wanted';

/** What the payouts of everybody count in. */
export interface Totals {
  readonly budgets: Budgets;
  readonly ceilings: ExitCeilings;
}

/**
 * Budgets and ceilings that are only looked at, and counted in by guarded updates once all else is
 * written: their rows, which every decision of a currency changes, are then locked for the end of the
 * transaction and not for all of it (ADR 14). Undefined where room is scarce or a period has yet to
 * begin, so that decisions have to be made one after the other: then they are to be locked.
 */
export async function lookAtTotals(
  sql: Sql,
  settings: CeilingSettings,
  wanted: readonly Wanted[],
): Promise<Totals | undefined> {
  const budgets = await Budgets.look(sql, wanted);
  const ceilings = budgets && (await ExitCeilings.look(sql, settings, wanted));
  return ceilings && { budgets, ceilings };
}
