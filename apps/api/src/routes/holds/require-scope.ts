import { invalidField, type HoldScope } from '@amends/application';
import { compileConditions } from '@amends/domain';

/** A filter that cannot be compiled would hold nothing, and nobody would notice. */
export function requireScope({ event_filter: filter }: HoldScope): void {
  if (filter === undefined) return;
  try {
    compileConditions(filter, new Set());
  } catch {
    throw invalidField('/scope/event_filter', 'invalid_conditions', {
      en: 'is not a map of conditions as in the `where` of a rule',
      zh: '不是有效的条件（格式同规则中的 where）',
    });
  }
}

/** A hold that has ended already would let go at once what it should have held. */
export function requireFuture(untilMs: number | null | undefined, nowMs: number): void {
  if (untilMs === null || untilMs === undefined || untilMs > nowMs) return;
  throw invalidField('/until', 'in_the_past', { en: 'lies in the past', zh: '已是过去的时间' });
}
