import {
  decisionShard,
  type DecisionRow,
  type IncidentClosing,
  type IncidentRefutation,
  type IncidentRow,
} from '@amends/application';
import type { ClientBase } from 'pg';
import { jsonValues } from '../database/json-list';
import { plainArray, textArray } from '../database/pg-array';
import { pgTime } from '../database/pg-time';
import { execute, tuplesOf } from '../database/statement';
import * as incidents from './incident-statements';
import { laneNo } from './slot-columns';

/** Inserts what is not known yet, and asks for decisions; answers how many incidents were new. */
export async function addIncidents(
  client: ClientBase,
  found: readonly IncidentRow[],
  decisions: readonly DecisionRow[],
): Promise<number> {
  const asked = await withCustomers(client, decisions);
  const [row] = await tuplesOf<[number]>(client, incidents.ADD_INCIDENTS, [
    textArray(found.map(({ id }) => id)),
    textArray(found.map(({ ruleId }) => ruleId)),
    plainArray(found.map(({ ruleVersion }) => ruleVersion)),
    plainArray(found.map(({ lane }) => laneNo(lane))),
    textArray(found.map(({ keyPath }) => keyPath)),
    textArray(found.map(({ key }) => key)),
    textArray(found.map(({ occurrence }) => occurrence)),
    textArray(found.map(({ customerId }) => customerId)),
    textArray(found.map(({ eventTimeMs }) => pgTime(eventTimeMs))),
    textArray(found.map(({ detectedAtMs }) => pgTime(detectedAtMs))),
    textArray(found.map(({ closedAtMs }) => pgTime(closedAtMs))),
    jsonValues(found.map(({ event }) => event)),
    jsonValues(found.map(({ vars }) => vars)),
    jsonValues(found.map(({ facts }) => facts)),
    jsonValues(found.map(({ evidence }) => evidence)),
    jsonValues(found.map(({ why }) => why)),
    ...decisionValues(asked),
  ]);
  return row?.[0] ?? 0;
}

/** Writes down when incidents ended and what is known of them now; answers how many there were. */
export async function closeIncidents(
  client: ClientBase,
  closings: readonly IncidentClosing[],
): Promise<number> {
  return execute(client, incidents.CLOSE_INCIDENTS, [
    closings.map(({ id }) => id),
    closings.map(({ closedAtMs }) => pgTime(closedAtMs)),
    jsonValues(closings.map(({ event }) => event)),
    jsonValues(closings.map(({ vars }) => vars)),
    jsonValues(closings.map(({ facts }) => facts)),
  ]);
}

/** Marks incidents as refuted, tells remedy, and counts for the rule; answers how many were not yet. */
export async function refuteIncidents(
  client: ClientBase,
  refutations: readonly IncidentRefutation[],
): Promise<number> {
  type Row = [id: string, customerId: string, ruleId: string, lane: number];
  const refuted = await tuplesOf<Row>(client, incidents.REFUTE_INCIDENTS, [
    refutations.map(({ id }) => id),
    refutations.map(({ clockMs }) => pgTime(clockMs)),
    refutations.map(({ closedAtMs }) => pgTime(closedAtMs)),
  ]);
  if (refuted.length === 0) return 0;
  const customers = new Map(refuted.map(([id, customerId]) => [id, customerId]));
  const commands = refutations.flatMap(({ id, clockMs, historyMark }): DecisionRow[] => {
    const customerId = customers.get(id);
    if (customerId === undefined) return [];
    const shared = { incidentId: id, customerId, clockMs, historyMark, atMs: clockMs };
    return [{ ...shared, kind: 'refute', unit: 0, units: null, onlyIfNew: false }];
  });
  await addIncidents(client, [], commands);
  await countRefuted(
    client,
    refuted.filter(([, , , lane]) => lane === 0).map((row) => row[2]),
  );
  return refuted.length;
}

/** An accrual unit names its incident only; the customer stands in the incident's row. */
async function withCustomers(
  client: ClientBase,
  decisions: readonly DecisionRow[],
): Promise<DecisionRow[]> {
  const unknown = decisions.filter(({ customerId }) => customerId === null);
  if (unknown.length === 0) return [...decisions];
  const ids = [...new Set(unknown.map(({ incidentId }) => incidentId))];
  const rows = await tuplesOf<[string, string]>(client, incidents.CUSTOMERS_OF, [ids]);
  const customers = new Map(rows);
  return decisions.flatMap((decision) => {
    const customerId = decision.customerId ?? customers.get(decision.incidentId);
    return customerId === undefined ? [] : [{ ...decision, customerId }];
  });
}

async function countRefuted(client: ClientBase, ruleIds: readonly string[]): Promise<void> {
  if (ruleIds.length === 0) return;
  const counts = new Map<string, number>();
  for (const id of [...ruleIds].sort()) counts.set(id, (counts.get(id) ?? 0) + 1);
  await execute(client, incidents.COUNT_REFUTED, [[...counts.keys()], [...counts.values()]]);
}

function decisionValues(decisions: readonly DecisionRow[]): unknown[] {
  return [
    textArray(decisions.map(({ incidentId }) => incidentId)),
    textArray(decisions.map(({ kind }) => kind)),
    plainArray(decisions.map(({ unit }) => unit)),
    plainArray(decisions.map(({ units }) => units)),
    textArray(decisions.map(({ atMs }) => pgTime(atMs))),
    textArray(decisions.map(({ clockMs }) => pgTime(clockMs))),
    plainArray(decisions.map(({ historyMark }) => historyMark)),
    plainArray(decisions.map(({ customerId }) => decisionShard(customerId ?? ''))),
    textArray(decisions.map(({ customerId }) => customerId)),
    plainArray(decisions.map(({ onlyIfNew }) => onlyIfNew)),
  ];
}
