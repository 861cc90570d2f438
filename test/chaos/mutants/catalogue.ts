import { detectorDeaths, doorDeaths, oneStandstill, remedyDeaths, stops, zombies } from './drills';
import type { Mutant } from './mutant';

const REMEDY = 'application/src/remedy';
const DETECT = 'persistence/src/detector';

/** The same drills with every guard in place: they must find nothing. */
export const CONTROL: Mutant = {
  name: 'none',
  without: 'nothing: every guard is in place',
  patches: [],
  scripts: [zombies, remedyDeaths, stops, doorDeaths],
  seconds: 40,
  weights: { wait: 30, damaged: 10, visit: 10, stalls: 30, gift: 20, desk: 30, bytes: 3 },
  storiesPerSecond: 30,
};

/** Ways to break the guarantees, each by one guard that is not there. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: 'fence',
    without: 'the compare-and-swap of positions',
    patches: [
      {
        file: 'persistence/src/stream/advance-positions.js',
        find: 'and p.epoch = u.epoch and p.next_offset = u.expected',
        replace: '',
      },
    ],
    scripts: [zombies],
    seconds: 50,
    weights: { wait: 10, stalls: 10 },
    noisePerSecond: 1_500,
  },
  {
    name: 'position',
    without: 'reading on from the stored position',
    patches: [
      {
        file: 'persistence/src/stream/pg-position-store.js',
        find: 'set epoch = stream_position.epoch + 1,',
        replace: 'set epoch = stream_position.epoch + 1, next_offset = excluded.next_offset,',
      },
    ],
    scripts: [detectorDeaths],
    seconds: 25,
    weights: { wait: 10 },
  },
  {
    name: 'incident-key',
    without: 'the unique key of incidents, and the id derived from it',
    patches: [
      {
        file: 'application/src/detector/effect-rows.js',
        find: "(0, _ids.derivedId)('inc', identity.atMs, (0, _ids.incidentNaturalKey)(identity))",
        replace: "(0, _ids.newId)('inc', identity.atMs)",
      },
    ],
    damage: ['alter table incident drop constraint incident_rule_id_lane_key_occurrence_key'],
    scripts: [],
    seconds: 20,
    weights: { wait: 10, visit: 10 },
  },
  {
    name: 'duplicates',
    without: 'the look whether a window knows an event already',
    patches: [
      {
        file: 'domain/src/detect/gather.js',
        find: 'if (book.used.some(([, used])=>used === ref) || book.items.some((one)=>refOf(one) === ref)) return',
        replace: 'if (false) return',
      },
    ],
    scripts: [],
    seconds: 20,
    weights: { stalls: 10 },
  },
  {
    name: 'stale-state',
    without: 'the revision that a state must still have when it is written',
    patches: [
      {
        file: `${DETECT}/slot-statements.js`,
        find: 'as u (rule_no, lane, key, state, fire_at, sweep_after, revision)\n   where s.rule_no = u.rule_no and s.lane = u.lane and s.key = u.key and s.revision = u.revision',
        replace:
          'as u (rule_no, lane, key, state, fire_at, sweep_after, revision)\n   where s.rule_no = u.rule_no and s.lane = u.lane and s.key = u.key',
      },
      {
        file: `${DETECT}/slot-statements.js`,
        find: '$6::timestamptz[])`',
        replace:
          '$6::timestamptz[]) on conflict (rule_no, lane, key) do update set state = excluded.state, revision = detect_state.revision + 1`',
      },
    ],
    scripts: [],
    seconds: 30,
    weights: { stalls: 10 },
    storiesPerSecond: 60,
  },
  {
    name: 'timer-clock',
    without: 'waiting until everything has been read up to the deadline',
    patches: [
      {
        file: 'application/src/detector/fire-timers.js',
        find: 'return clocks.includes(undefined) ? undefined : Math.min(...clocks);',
        replace: 'return Date.now();',
      },
    ],
    scripts: [oneStandstill],
    seconds: 45,
    weights: { promise: 10 },
  },
  {
    name: 'quarantine',
    without: 'the row of what could not be read',
    patches: [
      {
        file: 'application/src/detector/write-batch.js',
        find: 'if (quarantined.length > 0) await tx.quarantine(quarantined);',
        replace: '',
      },
    ],
    scripts: [],
    seconds: 12,
    weights: { wait: 10, bytes: 5, oddText: 5 },
  },
  {
    name: 'door',
    without: 'waiting for the broker before an event is answered for',
    patches: [
      {
        file: 'messaging/src/kafka/kafka-event-sink.js',
        find: 'if (fresh.length > 0) await this.produce(fresh);',
        replace: 'if (fresh.length > 0) void this.produce(fresh).catch(() => undefined);',
      },
    ],
    scripts: [doorDeaths],
    seconds: 40,
    weights: { wait: 10, visit: 10 },
    storiesPerSecond: 40,
  },
  {
    name: 'one-decision',
    without:
      'the lock of a shard, the look at the locked incident, the derived id, the unique index',
    patches: [
      {
        file: `${REMEDY}/decision/decide-shard.js`,
        find: 'pg_try_advisory_xact_lock(${String(SHARD_LOCK_CLASS)}, $1) as mine',
        replace: '$1::int is not null as mine',
      },
      {
        file: `${REMEDY}/decision/conclude-case.js`,
        find: "(0, _ids.derivedId)('cmp', row.atMs, `${incident.id}:${String(row.unit)}`)",
        replace: "(0, _ids.newId)('cmp', row.atMs)",
      },
      {
        file: `${REMEDY}/decision/decide-batch.js`,
        find: 'row.unit === 0 && ![',
        replace: 'row.unit < 0 && ![',
      },
    ],
    damage: ['drop index compensation_one_live'],
    scripts: [],
    seconds: 20,
    weights: { wait: 10 },
    storiesPerSecond: 40,
  },
  {
    name: 'budget',
    without: 'the lock, the guarded updates and the check of a budget',
    patches: [
      {
        file: `${REMEDY}/budgets/budgets.js`,
        find: "read(sql, payouts, 'for update')",
        replace: "read(sql, payouts, '')",
      },
      {
        file: `${REMEDY}/budgets/budgets.js`,
        find: 'where id = $1 and $2::bigint + $3::bigint <= limit_minor`',
        replace: 'where id = $1`',
      },
      {
        file: `${REMEDY}/budgets/budgets.js`,
        find: 'and held_minor + $2::bigint + spent_minor + $3::bigint <= limit_minor',
        replace: '',
      },
    ],
    damage: [
      `do $$ declare c text; begin
         for c in select conname from pg_constraint
           where conrelid = 'budget'::regclass and contype = 'c' loop
           execute format('alter table budget drop constraint %I', c);
         end loop; end $$`,
    ],
    scripts: [],
    seconds: 20,
    weights: { gift: 20, wait: 10 },
    storiesPerSecond: 40,
  },
  {
    name: 'limit',
    without: 'the lock under which a limit is counted',
    patches: [
      {
        file: `${REMEDY}/limits/limit-counters.js`,
        find: 'order by g.n for update of l`',
        replace: 'order by g.n`',
      },
    ],
    scripts: [],
    seconds: 25,
    weights: { desk: 10 },
    storiesPerSecond: 60,
  },
  {
    name: 'attempt-row',
    without: 'the attempt being committed before its first byte leaves',
    patches: [
      {
        file: `${REMEDY}/payout/payout-lane.js`,
        find: 'return this.remedy.database.transaction((sql)=>(0, _preparepayout.preparePayout)(sql, this.remedy, id));',
        replace: `return this.remedy.database.transaction(async (sql)=>{
          const one = await (0, _preparepayout.preparePayout)(sql, this.remedy, id);
          if (one.kind === 'send' || one.kind === 'query') one.early = await this.request(one);
          return one;
        });`,
      },
      {
        file: `${REMEDY}/payout/payout-lane.js`,
        find: 'isLate ? TOO_LATE : await this.request(prepared)',
        replace: 'prepared.early',
      },
    ],
    scripts: [],
    seconds: 15,
    weights: { damaged: 10, wait: 5 },
    storiesPerSecond: 8,
  },
  {
    name: 'idempotency-key',
    without: 'one key for all sendings of an attempt',
    patches: [
      {
        file: `${REMEDY}/payout/payout-lane.js`,
        find: 'key: attempt.key,',
        replace: "key: attempt.sends === 1 ? attempt.key : attempt.key + '-' + attempt.sends,",
      },
    ],
    scripts: [],
    seconds: 20,
    weights: { damaged: 10 },
    storiesPerSecond: 8,
  },
  {
    name: 'unknown-is-failed',
    without: 'taking no answer for what it is: not known',
    patches: [
      {
        file: `${REMEDY}/payout/record-answer.js`,
        find: 'const proof = proofOfFailure(answer, latest);',
        replace:
          "const proof = proofOfFailure(answer, latest) ?? (answer.kind === 'unknown' ? 'no answer' : undefined);",
      },
    ],
    scripts: [],
    seconds: 20,
    weights: { damaged: 10 },
    storiesPerSecond: 8,
  },
  {
    name: 'settled-first',
    without: 'the message waiting for the money',
    patches: [
      {
        file: `${REMEDY}/money/payouts.js`,
        find: 'this.startsSending = true;',
        replace:
          'this.startsSending = true; if (announcement) this.messages.push(settledMessage(reserved, announcement));',
      },
      {
        file: `${REMEDY}/messages/claim-messages.js`,
        find: "if (compensation.state !== 'settled') return",
        replace: 'if (false) return',
      },
    ],
    scripts: [],
    seconds: 15,
    weights: { damaged: 10 },
    storiesPerSecond: 8,
  },
  {
    name: 'hold-gate',
    without: 'the look at holds before something leaves',
    patches: [
      {
        file: `${REMEDY}/holds/open-holds.js`,
        find: 'return this.holds.find((hold)=>hold[what] && hold.matches(thing))?.id;',
        replace: 'return undefined;',
      },
    ],
    scripts: [stops],
    seconds: 30,
    weights: { wait: 20, damaged: 5 },
    storiesPerSecond: 20,
  },
  {
    name: 'outbox-id',
    without: 'the id that what is told again is known by',
    patches: [
      {
        file: 'messaging/src/outbox/to-cloud-event.js',
        find: 'id: eventId,',
        replace: "id: eventId + '.' + String(Math.random()),",
      },
    ],
    scripts: [remedyDeaths],
    seconds: 30,
    weights: { wait: 20 },
  },
];
