import type { Asked } from '../../access/actor';
import { notFound, Refusal } from '../../access/refusal';
import { requireManager } from '../../access/require-manager';
import type { Sql } from '../../queries/sql';
import { voidBareApprovals } from '../approvals/open-bare-approvals';
import { Budgets } from '../budgets/budgets';
import { changeIncidents } from '../incident/incident-rows';
import { freeWords } from '../limits/limit-counters';
import { WITHDRAWABLE } from '../model/compensation';
import type { IncidentState } from '../model/incident';
import { withdraw } from '../money/withdraw';
import type { Remedy } from '../remedy';
import { askedAuthor, insertAudit, wordsAbout } from '../store/audit-rows';
import { lockCompensationsOf } from '../store/compensation-rows';
import { requireRevision } from './retry-compensation';

export interface DismissInput {
  readonly id: string;
  readonly revision?: number | undefined;
  readonly reason: string;
}

/** A person closes an incident for which nothing has moved and nothing is under way. */
const DISMISSIBLE: readonly IncidentState[] = [
  'paying',
  'review',
  'held',
  'failed',
  'skipped',
  'held_out',
];

export class DismissIncident {
  constructor(private readonly remedy: Remedy) {}

  async execute(
    asked: Asked,
    { id, revision, reason }: DismissInput,
  ): Promise<{ incidentId: string; state: IncidentState }> {
    return this.remedy.database.transaction(async (sql) => {
      const { state, customer_id: customerId } = await lockOpen(sql, id, revision);
      const compensations = await lockCompensationsOf(sql, id);
      const moving = compensations.find(({ state: at }) =>
        ['sending', 'unknown', 'settled'].includes(at),
      );
      if (moving) {
        throw new Refusal('conflict', {
          detail: 'Money has moved for this incident, or is on its way.',
          extra: { reason: moving.state, compensation_id: moving.id },
        });
      }
      if (state === 'review' || state === 'held' || state === 'paying') requireManager(asked.actor);
      const author = askedAuthor(asked);
      const open = compensations.filter(({ state: at }) => WITHDRAWABLE.includes(at));
      const budgets = await Budgets.lock(sql, open);
      for (const compensation of open) {
        await withdraw(sql, budgets, compensation, { to: 'withdrawn', author, reason });
      }
      await budgets.write(sql);
      await freeWords(sql, id);
      await voidBareApprovals(sql, id);
      await sql.query(`delete from decision_queue where incident_id = $1 and kind = 'decide'`, [
        id,
      ]);
      const why = [{ dismissed_by: asked.actor.id, ok: false }];
      await changeIncidents(sql, [{ id, state: 'dismissed', why }]);
      await insertAudit(sql, [
        {
          author,
          action: 'incident.dismiss',
          object: `incident:${id}`,
          ...wordsAbout(customerId, author),
          before: { state },
          after: { state: 'dismissed' },
          reason,
        },
      ]);
      return { incidentId: id, state: 'dismissed' as const };
    });
  }
}

interface Row {
  readonly state: IncidentState;
  readonly revision: number;
  readonly customer_id: string;
}

async function lockOpen(sql: Sql, id: string, revision: number | undefined): Promise<Row> {
  const { rows } = await sql.query<Row>(
    'select state, revision, customer_id from incident where id = $1 for no key update',
    [id],
  );
  const [incident] = rows;
  if (!incident) throw notFound();
  requireRevision(incident, revision);
  if (!DISMISSIBLE.includes(incident.state)) {
    throw new Refusal('conflict', { extra: { reason: incident.state } });
  }
  return incident;
}
