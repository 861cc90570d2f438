import type { Conditions } from '@amends/application';

/** `label.team=delivery`: by the labels of the rule version that a row names. */
export function addLabelConditions(
  conditions: Conditions,
  labels: ReadonlyMap<string, readonly string[]>,
  columns: { readonly ruleId: string; readonly version: string },
): Conditions {
  for (const [name, values] of labels) {
    const pairs = values.map((value) => JSON.stringify({ [name]: value }));
    conditions.add(
      `exists (select 1 from rule_version v
         where v.rule_id = ${columns.ruleId} and v.version = ${columns.version}
           and v.labels @> any($?::jsonb[]))`,
      pairs,
    );
  }
  return conditions;
}
