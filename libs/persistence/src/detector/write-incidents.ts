import {
  decisionShard,
  type DecisionRow,
  type IncidentClosing,
  type IncidentRefutation,
  type IncidentRow,
} from '@amends/application';
import type { ClientBase } from 'pg';
import { arrayOf } from '../database/binary-array';
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
    arrayOf.text(found.map(({ id }) => id)),
    arrayOf.text(found.map(({ ruleId }) => ruleId)),
    arrayOf.int4(found.map(({ ruleVersion }) => ruleVersion)),
    arrayOf.int2(found.map(({ lane }) => laneNo(lane))),
    arrayOf.text(found.map(({ keyPath }) => keyPath)),
    arrayOf.text(found.map(({ key }) => key)),
    arrayOf.text(found.map(({ occurrence }) => occurrence)),
    arrayOf.text(found.map(({ customerId }) => customerId)),
    arrayOf.timestamptz(found.map(({ eventTimeMs }) => eventTimeMs)),
    arrayOf.timestamptz(found.map(({ detectedAtMs }) => detectedAtMs)),
    arrayOf.timestamptz(found.map(({ closedAtMs }) => closedAtMs)),
    arrayOf.jsonb(found.map(({ event }) => event)),
    arrayOf.jsonb(found.map(({ vars }) => vars)),
    arrayOf.jsonb(found.map(({ facts }) => facts)),
    arrayOf.jsonb(found.map(({ evidence }) => evidence)),
    arrayOf.jsonb(found.map(({ why }) => why)),
    ...decisionValues(asked),
    arrayOf.int2(found.map(({ depth }) => depth)),
  ]);
  return row?.[0] ?? 0;
}

/** Writes down when incidents ended and what is known of them now; answers how many there were. */
export async function closeIncidents(
  client: ClientBase,
  closings: readonly IncidentClosing[],
): Promise<number> {
  return execute(client, incidents.CLOSE_INCIDENTS, [
    arrayOf.text(closings.map(({ id }) => id)),
    arrayOf.timestamptz(closings.map(({ closedAtMs }) => closedAtMs)),
    arrayOf.jsonb(closings.map(({ event }) => event)),
    arrayOf.jsonb(closings.map(({ vars }) => vars)),
    arrayOf.jsonb(closings.map(({ facts }) => facts)),
  ]);
}

/** Marks incidents as refuted, tells remedy, and counts for the rule; answers how many were not yet. */
export async function refuteIncidents(
  client: ClientBase,
  refutations: readonly IncidentRefutation[],
): Promise<number> {
  type Row = [id: string, customerId: string, ruleId: string, lane: number];
  const refuted = await tuplesOf<Row>(client, incidents.REFUTE_INCIDENTS, [
    arrayOf.text(refutations.map(({ id }) => id)),
    arrayOf.timestamptz(refutations.map(({ clockMs }) => clockMs)),
    arrayOf.timestamptz(refutations.map(({ closedAtMs }) => closedAtMs)),
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
    arrayOf.text(decisions.map(({ incidentId }) => incidentId)),
    arrayOf.text(decisions.map(({ kind }) => kind)),
    arrayOf.int4(decisions.map(({ unit }) => unit)),
    arrayOf.int4(decisions.map(({ units }) => units)),
    arrayOf.timestamptz(decisions.map(({ atMs }) => atMs)),
    arrayOf.timestamptz(decisions.map(({ clockMs }) => clockMs)),
    arrayOf.int8(decisions.map(({ historyMark }) => historyMark)),
    arrayOf.int2(decisions.map(({ customerId }) => decisionShard(customerId ?? ''))),
    arrayOf.text(decisions.map(({ customerId }) => customerId)),
    arrayOf.bool(decisions.map(({ onlyIfNew }) => onlyIfNew)),
  ];
}
