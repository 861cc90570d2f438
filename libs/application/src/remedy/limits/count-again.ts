import { applyLimits, limitSubjects } from '@amends/domain';
import { Refusal } from '../../access/refusal';
import type { Sql } from '../../queries/sql';
import type { Compensation } from '../model/compensation';
import { scopeOf } from '../model/incident';
import type { Origin } from '../money/proceed';
import type { Remedy } from '../remedy';
import { LimitCounters } from './limit-counters';

/**
 * Counts a compensation in its limits anew, after they had been freed: refused when by now they do
 * not leave the whole sum. A compensation by hand counts in none.
 */
export async function countAgain(
  sql: Sql,
  remedy: Remedy,
  compensation: Compensation,
  { incident, rule }: Origin,
): Promise<void> {
  if (compensation.ruleId === null || !incident || !rule) return;
  const { lane } = incident;
  const { incidentAtMs: atMs, customerId, money, id: ref } = compensation;
  const scope = scopeOf(incident, rule, compensation.unit);
  const { limits } = rule.decision;
  const queries = limitSubjects(limits, scope, customerId).map((query) => ({
    ...query,
    lane,
    atMs,
  }));
  const own = queries.flatMap(({ scope: counter, per, subject }) =>
    subject === undefined ? [] : [{ lane, scope: counter, per, subject }],
  );
  const subjects = [...own, ...remedy.rules.acrossSubjects(rule, lane, scope, customerId)];
  const counters = await LimitCounters.lock(sql, subjects, queries);
  const usages = queries.map((query) => counters.usage(query));
  const outcome = applyLimits(limits, queries, usages, atMs, money);
  if (outcome.kind === 'skip' || outcome.money?.minor !== money.minor) {
    throw new Refusal('conflict', {
      detail: 'Its limits have been used up in the meantime.',
      extra: { reason: 'limit_reached' },
    });
  }
  counters.add(lane, subjects, { atMs, minor: money.minor, currency: money.currency, ref });
  await counters.write(sql);
}
