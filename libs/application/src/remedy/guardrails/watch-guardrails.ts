import type { Asked } from '../../access/actor';
import type { Database } from '../../queries/sql';
import type { Guardrails } from '../../rules/rollout-rows';
import { readSettings } from '../../settings/read-settings';
import { CreateHold } from '../holds/create-hold';
import type { HoldScope } from '../holds/open-holds';
import { announce } from '../notices/announce';
import type { Remedy } from '../remedy';
import { compareAccount, compareRule, type Comparison, type LiveRule } from './compare-hours';
import { judgeGuardrails, type Tripped } from './judge-guardrails';

const GUARDRAIL: Asked = {
  actor: { kind: 'system', id: 'guardrail', role: 'admin' },
  requestId: '',
};

interface Guarded {
  /** Null: the account as a whole. */
  readonly live: LiveRule | null;
  readonly guardrails: Guardrails;
}

/**
 * Holds what pays out far more than it used to at this hour, and tells people: a rule by the
 * guardrails of its rollout, all of them by those of the account. Once held by a guardrail, it is
 * let alone for an hour, so that a person who releases it is not overruled. Not under the stream
 * clock, where a year may pass in an hour. Returns how many were held.
 */
export async function watchGuardrails(remedy: Remedy): Promise<number> {
  if (remedy.clock === 'stream') return 0;
  const { database } = remedy;
  let held = 0;
  const { settings } = await readSettings(database);
  const zone = settings.default_time_zone;
  for (const { live, guardrails } of await readGuarded(database, settings.guardrails)) {
    const compared = await (live ? compareRule(remedy, live, zone) : compareAccount(remedy, zone));
    const tripped = judgeGuardrails(guardrails, compared.now, compared.usual);
    if (tripped && (await stop(remedy, live, tripped, compared.by))) held += 1;
  }
  return held;
}

async function readGuarded(database: Database, ofAccount: Guardrails | null): Promise<Guarded[]> {
  const { rows } = await database.query<LiveRule & { guardrails: Guardrails }>(
    `select rule_id as "ruleId", live_version as version, coalesce(live_percent, 100) as percent,
       guardrails
     from rule_rollout
     where live_version is not null and guardrails is not null and guardrails <> '{}'
     order by rule_id`,
  );
  const rules = rows.map(({ guardrails, ...live }) => ({ live, guardrails }));
  return ofAccount === null ? rules : [...rules, { live: null, guardrails: ofAccount }];
}

async function stop(
  remedy: Remedy,
  live: LiveRule | null,
  tripped: Tripped,
  comparedBy: Comparison['by'],
): Promise<boolean> {
  const { database, observer } = remedy;
  const ruleId = live?.ruleId ?? null;
  const scope: HoldScope = ruleId === null ? { all: true } : { rule: ruleId };
  const { guard, reason } = tripped;
  const hold = await database.transaction(async (sql) => {
    // Two processes that look at once take turns, and the second finds the hold of the first.
    await sql.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', ['guardrail']);
    const { rows } = await sql.query(
      `select 1 from hold where created_by = $1 and scope = $2
         and (state in ('activating', 'active') or created_at > now() - interval '1 hour')`,
      [GUARDRAIL.actor.id, JSON.stringify(scope)],
    );
    if (rows.length > 0) return undefined;
    const laid = await new CreateHold(remedy).execute(GUARDRAIL, {
      scope,
      payments: true,
      messages: false,
      reason: `guardrail ${guard}: ${reason}`,
      untilMs: null,
    });
    const about = ruleId === null ? 'account' : `rule:${ruleId}`;
    const detail = { guard, reason, hold: laid.holdId, compared_by: comparedBy };
    await announce(sql, [
      { kind: 'guardrail.tripped', about, occasion: `guardrail:${laid.holdId}`, detail },
    ]);
    return laid;
  });
  if (!hold) return false;
  observer.guardrailTripped(guard);
  observer.alarm('a guardrail has stopped payouts', {
    holdId: hold.holdId,
    ...(ruleId !== null && { ruleId }),
    code: `${guard}: ${reason}`,
  });
  return true;
}
