import { ruleReferences } from '@amends/contracts';
import type { RuleDocument } from '@amends/domain';
import type { Asked } from '../access/actor';
import { writeAudit } from '../access/audit';
import { requirePrecondition, type Precondition } from '../access/precondition';
import { notFound, Refusal, type RefusalItem } from '../access/refusal';
import type { History } from '../history/history';
import type { Database, Sql } from '../queries/sql';
import { withSecondPerson, type Change } from '../second-person/with-second-person';
import { readSettings } from '../settings/read-settings';
import type { Wake } from '../wake/wake';
import { fillHistoryKeys } from './fill-history-keys';
import { forgetStates } from './forget-states';
import {
  readRollout,
  rolloutStem,
  type Guardrails,
  type LiveLane,
  type Rollout,
  type ShadowLane,
} from './rollout-rows';
import { watchOwnEvents } from './watch-own-events';

export interface RolloutInput {
  /** Null: off. */
  readonly live: Pick<LiveLane, 'version' | 'percent'> | null;
  readonly shadow: Pick<ShadowLane, 'version'> | null;
  readonly guardrails: Guardrails | null;
  readonly note: string | null;
  /** An Admin's word for going live without a back-test. */
  readonly overrideReason: string | null;
}

/**
 * Sets which versions of a rule run: live for some of the customers, and in the shadow. In force at
 * the next batch of every detector; what opened under an earlier version ends under it.
 */
export class SetRollout {
  constructor(
    private readonly database: Database,
    private readonly history: History,
    private readonly wake: Wake,
  ) {}

  async execute(
    ruleId: string,
    input: RolloutInput,
    precondition: Precondition,
    asked: Asked,
  ): Promise<Rollout> {
    const documents = await this.check(ruleId, input, asked);
    const paths = documents.flatMap((document) => ruleReferences(document).historyPaths);
    await fillHistoryKeys(this.database, this.history, paths);
    await this.forgetStopped(ruleId, input);
    const change = await this.changeOf(ruleId, input);
    const rollout = await withSecondPerson(this.database, asked, change, (sql) =>
      write(sql, ruleId, input, precondition, asked),
    );
    this.wake.signal('rules');
    return rollout;
  }

  /** What may need another person; null: switching off never does, since it must never have to wait. */
  private async changeOf(ruleId: string, input: RolloutInput): Promise<Change | null> {
    const { live, shadow, guardrails } = input;
    if (live === null) return null;
    const { rows } = await this.database.query<{ author: string }>(
      'select author from rule_version where rule_id = $1 and version = $2',
      [ruleId, live.version],
    );
    return {
      kind: 'rollout.set',
      about: `rule:${ruleId}`,
      content: { live, shadow, guardrails },
      authors: rows.map(({ author }) => author),
    };
  }

  /** What is switched on again begins anew, however soon. */
  private async forgetStopped(ruleId: string, input: RolloutInput): Promise<void> {
    const before = await readRollout(this.database, ruleId);
    if (before.revision === 0) return;
    for (const lane of ['live', 'shadow'] as const) {
      if (input[lane] && !before[lane]) await forgetStates(this.database, ruleId, lane);
    }
  }

  /** The versions exist; a version never changes, so this needs no lock. */
  private async check(ruleId: string, input: RolloutInput, asked: Asked): Promise<RuleDocument[]> {
    const { rows } = await this.database.query<{ version: number; document: RuleDocument }>(
      `select v.version, v.document from rule r join rule_version v on v.rule_id = r.id
       where r.id = $1 and (v.version = any($2) or v.version = r.latest_version)`,
      [ruleId, [input.live?.version, input.shadow?.version].filter((v) => v !== undefined)],
    );
    if (rows.length === 0) throw notFound();
    const wanted = [
      ['/live/version', input.live?.version],
      ['/shadow/version', input.shadow?.version],
    ] as const;
    const known = new Map(rows.map(({ version, document }) => [version, document]));
    const unknown = wanted.filter(([, version]) => version !== undefined && !known.has(version));
    if (unknown.length > 0) {
      const errors = unknown.map(([pointer, version]) => unknownVersion(pointer, version ?? 0));
      throw new Refusal('invalid_body', { errors });
    }
    if (input.live !== null) await this.requireBacktest(input.live.version, input, asked);
    return wanted.flatMap(([, version]) => {
      const document = version === undefined ? undefined : known.get(version);
      return document === undefined ? [] : [document];
    });
  }

  private async requireBacktest(
    version: number,
    input: RolloutInput,
    asked: Asked,
  ): Promise<void> {
    const { settings } = await readSettings(this.database);
    if (!settings.backtest_required) return;
    if (input.overrideReason !== null && asked.actor.role === 'admin') return;
    throw new Refusal('backtest_required', {
      title: {
        en: `Version ${String(version)} has no finished back-test`,
        zh: `版本 ${String(version)} 没有已完成的回测`,
      },
      hint: {
        en: 'POST /v1/backtests, or an Admin sends override_reason',
        zh: '请 POST /v1/backtests，或由管理员填写 override_reason',
      },
    });
  }
}

async function write(
  sql: Sql,
  ruleId: string,
  input: RolloutInput,
  precondition: Precondition,
  asked: Asked,
): Promise<Rollout> {
  await sql.query('select 1 from rule where id = $1 for update', [ruleId]);
  const before = await readRollout(sql, ruleId);
  // Never set before: `If-None-Match: *` fits it as `"r0"` does.
  const isCreate = precondition.kind === 'create' && before.revision === 0;
  if (!isCreate) requirePrecondition(precondition, rolloutStem(before.revision));
  await upsert(sql, ruleId, input, before, asked);
  await noteRuns(sql, ruleId, input);
  await watchOwnEvents(sql, ruleId);
  await sql.query('update rule_set set generation = generation + 1');
  const after = await readRollout(sql, ruleId);
  const reason = [input.note, input.overrideReason].filter((part) => part !== null).join('; ');
  await writeAudit(sql, asked, {
    action: 'rollout.set',
    object: `rule:${ruleId}`,
    before: lanesOf(before),
    after: lanesOf(after),
    reason: reason === '' ? undefined : reason,
  });
  return after;
}

async function upsert(
  sql: Sql,
  ruleId: string,
  { live, shadow, guardrails, note }: RolloutInput,
  before: Rollout,
  asked: Asked,
): Promise<void> {
  const isSameLive =
    live?.version === before.live?.version && live?.percent === before.live?.percent;
  const isSameShadow = shadow?.version === before.shadow?.version;
  await sql.query(
    `insert into rule_rollout as o (rule_id, revision, live_version, live_percent, live_since,
       shadow_version, shadow_since, guardrails, note, updated_by)
     values ($1, 1, $2, $3, case when $2::int is null then null else now() end,
       $4, case when $4::int is null then null else now() end, $5, $6, $7)
     on conflict (rule_id) do update set revision = o.revision + 1,
       live_version = $2, live_percent = $3,
       live_since = case when $2::int is null then null when $8 then o.live_since else now() end,
       shadow_version = $4,
       shadow_since = case when $4::int is null then null when $9 then o.shadow_since else now() end,
       guardrails = $5, note = $6, updated_by = $7, updated_at = now()`,
    [
      ruleId,
      live?.version ?? null,
      live?.percent ?? null,
      shadow?.version ?? null,
      guardrails === null ? null : JSON.stringify(guardrails),
      note,
      asked.actor.id,
      isSameLive,
      isSameShadow,
    ],
  );
}

/** Every version that ever ran in a lane: what it opened, it ends. */
async function noteRuns(sql: Sql, ruleId: string, input: RolloutInput): Promise<void> {
  const runs = [
    { lane: 0, version: input.live?.version },
    { lane: 1, version: input.shadow?.version },
  ];
  for (const { lane, version } of runs) {
    if (version === undefined) continue;
    await sql.query(
      `insert into rule_run (rule_id, lane, version) values ($1, $2, $3)
       on conflict (rule_id, lane, version) do update set drained = false`,
      [ruleId, lane, version],
    );
  }
}

function lanesOf({ live, shadow, guardrails }: Rollout) {
  return { live, shadow, guardrails };
}

function unknownVersion(pointer: string, version: number): RefusalItem {
  return {
    pointer,
    code: 'unknown_version',
    message: {
      en: `The rule has no version ${String(version)}`,
      zh: `该规则没有版本 ${String(version)}`,
    },
  };
}
