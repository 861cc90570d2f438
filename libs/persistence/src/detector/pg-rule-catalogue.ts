import {
  readSettings,
  readTopicRoutes,
  RuleCatalogue,
  type CalendarVersion,
  type CatalogueSnapshot,
  type ErasedCustomers,
  type HistoryPath,
  type OpenFanOut,
  type RuleVersion,
  type RunningRule,
} from '@amends/application';
import type { JsonObject, Lane } from '@amends/domain';
import type { Pool, PoolClient } from 'pg';
import { inTransaction } from '../database/in-transaction';
import { sqlOf } from '../database/pg-database';
import { execute, rowsOf, statement, tuplesOf } from '../database/statement';
import { laneOf } from './slot-columns';

const GENERATION = statement('rules_generation', 'select generation from rule_set');

const RUNNING = statement(
  'rules_running',
  `select r.id, r.no, o.live_version, o.shadow_version
   from rule_rollout o join rule r on r.id = o.rule_id
   where o.live_version is not null or o.shadow_version is not null
   order by r.no`,
);

const RUNS = statement(
  'rules_runs',
  'select rule_id, lane, version from rule_run where not drained order by rule_id, lane, version',
);

const DOCUMENTS = statement(
  'rules_documents',
  `select v.rule_id as "ruleId", v.version, v.document
   from unnest($1::text[], $2::int[]) as u (rule_id, version)
   join rule_version v using (rule_id, version)`,
);

const CALENDARS = statement(
  'rules_calendars',
  `select v.calendar_id as id, v.version, v.document
   from calendar c join calendar_version v on v.calendar_id = c.id and v.version = c.latest_version`,
);

const FANOUTS = statement(
  'rules_fanouts',
  `select f.id, r.id as "ruleId", f.rule_no, f.lane, f.version, f.key, f.trigger_ref, f.trigger_body,
     f.at, f.since, f.until
   from fanout f join rule r on r.no = f.rule_no where not f.done order by f.id`,
);

const PATHS = statement('rules_history_paths', 'select type, path from history_key_path');

const ADD_GROUPS = statement(
  'clock_groups_add',
  `insert into clock_group (topics)
   select string_to_array(t, ' ') from unnest($1::text[]) as u (t) on conflict (topics) do nothing`,
);

const GROUPS = statement(
  'clock_groups',
  `select array_to_string(topics, ' '), id from clock_group
   where topics in (select string_to_array(t, ' ') from unnest($1::text[]) as u (t))`,
);

/** Rules, calendars and what else is compiled, from PostgreSQL. */
export class PgRuleCatalogue extends RuleCatalogue {
  constructor(private readonly pool: Pool) {
    super();
  }

  async generation(): Promise<bigint> {
    const [row] = await tuplesOf<[bigint]>(this.pool, GENERATION);
    return row?.[0] ?? 0n;
  }

  snapshot(isKnown: (ruleId: string, version: number) => boolean): Promise<CatalogueSnapshot> {
    // One view of all tables, so that the generation and what it stands for belong together.
    return inTransaction(this.pool, (client) => readAll(client, isKnown), {
      isolation: 'repeatable read',
    });
  }

  readErased(erased: ErasedCustomers): Promise<void> {
    return erased.read(sqlOf(this.pool));
  }

  async clockGroups(topicSets: readonly (readonly string[])[]): Promise<number[]> {
    if (topicSets.length === 0) return [];
    const wanted = topicSets.map((topics) => topics.join(' '));
    let known = new Map(await tuplesOf<[string, number]>(this.pool, GROUPS, [wanted]));
    if (wanted.some((topics) => !known.has(topics))) {
      await execute(this.pool, ADD_GROUPS, [wanted]);
      known = new Map(await tuplesOf<[string, number]>(this.pool, GROUPS, [wanted]));
    }
    return wanted.map((topics) => known.get(topics) ?? 0);
  }
}

async function readAll(
  client: PoolClient,
  isKnown: (ruleId: string, version: number) => boolean,
): Promise<CatalogueSnapshot> {
  const [generation] = await tuplesOf<[bigint]>(client, GENERATION);
  const running = await readRunning(client);
  const fanOuts = await readFanOuts(client);
  const wanted = [
    ...running.flatMap(({ ruleId, version, draining }) =>
      [...draining, version].map((one) => [ruleId, one] as const),
    ),
    ...fanOuts.map(({ ruleId, fanOut }) => [ruleId, fanOut.ruleVersion] as const),
  ].filter(([ruleId, version]) => !isKnown(ruleId, version));
  return {
    generation: generation?.[0] ?? 0n,
    running,
    fanOuts,
    versions: await rowsOf<RuleVersion>(client, DOCUMENTS, [
      wanted.map(([ruleId]) => ruleId),
      wanted.map(([, version]) => version),
    ]),
    calendars: await rowsOf<CalendarVersion>(client, CALENDARS),
    historyPaths: await rowsOf<HistoryPath>(client, PATHS),
    lateness: (await readSettings(sqlOf(client))).settings.lateness,
    routes: await readTopicRoutes(sqlOf(client)),
  };
}

async function readRunning(client: PoolClient): Promise<RunningRule[]> {
  type Row = [id: string, no: number, live: number | null, shadow: number | null];
  const rules = await tuplesOf<Row>(client, RUNNING);
  const runs = new Map<string, number[]>();
  for (const [id, lane, version] of await tuplesOf<[string, number, number]>(client, RUNS)) {
    const key = `${laneOf(lane)}/${id}`;
    const known = runs.get(key);
    if (known === undefined) runs.set(key, [version]);
    else known.push(version);
  }
  return rules.flatMap(([ruleId, ruleNo, live, shadow]) => {
    const inLane = (lane: Lane, version: number | null): RunningRule[] => {
      if (version === null) return [];
      const draining = (runs.get(`${lane}/${ruleId}`) ?? []).filter((one) => one !== version);
      return [{ ruleId, ruleNo, lane, version, draining }];
    };
    return [...inLane('live', live), ...inLane('shadow', shadow)];
  });
}

interface FanOutRecord {
  readonly id: bigint;
  readonly ruleId: string;
  readonly rule_no: number;
  readonly lane: number;
  readonly version: number;
  readonly key: string;
  readonly trigger_ref: string;
  readonly trigger_body: string;
  readonly at: Date;
  readonly since: Date;
  readonly until: Date;
}

async function readFanOuts(client: PoolClient): Promise<OpenFanOut[]> {
  const rows = await rowsOf<FanOutRecord>(client, FANOUTS);
  return rows.map(toFanOut);
}

function toFanOut(row: FanOutRecord): OpenFanOut {
  return {
    id: row.id,
    ruleId: row.ruleId,
    fanOut: {
      kind: 'fan-out',
      ruleNo: row.rule_no,
      lane: laneOf(row.lane),
      ruleVersion: row.version,
      key: row.key,
      trigger: JSON.parse(row.trigger_body) as JsonObject,
      triggerRef: row.trigger_ref,
      atMs: row.at.getTime(),
      fromMs: row.since.getTime(),
      toMs: row.until.getTime(),
    },
  };
}
