import type { Invariant } from './invariant';

/** Every record that left a trace, by its place: `times` more than once is one effect too many. */
const TRACES = `select topic, partition, "offset" from invariants.history
  union select topic, partition, "offset" from quarantine where source = 'kafka'`;

/** From the stream to incidents, and what is written about it. On Kafka, of topics begun at 0. */
export const STREAM_INVARIANTS: readonly Invariant[] = [
  {
    id: 'I-02',
    when: 'always',
    says: 'what lies below a position was evaluated, or is in quarantine: there is no gap',
    sql: `select p.topic, p.partition, p.next_offset, count(t."offset") as traces
          from stream_position p left join (${TRACES}) t
            on t.topic = p.topic and t.partition = p.partition and t."offset" < p.next_offset
          where p.source = 'kafka'
          group by p.topic, p.partition, p.next_offset having count(t."offset") <> p.next_offset`,
  },
  {
    id: 'I-03',
    when: 'always',
    says: 'a record has one effect: it is in history once, and below the position',
    sql: `select h.topic, h.partition, h."offset" from invariants.history h
            group by 1, 2, 3 having count(*) > 1
          union select h.topic, h.partition, h."offset" from invariants.history h
            join stream_position p on p.source = 'kafka' and p.topic = h.topic
              and p.partition = h.partition
            where h."offset" >= p.next_offset`,
  },
  {
    id: 'I-04',
    when: 'always',
    says: 'what is set aside says why, and an incident to be paid for is decided or waits for it',
    sql: `select id from quarantine where reason = '' or detail = ''
          union select i.id from incident i
            join rule_version v on v.rule_id = i.rule_id and v.version = i.rule_version
            where i.lane = 0 and i.state = 'paying'
              and (v.document::jsonb #> '{detect,accrue}') is null
              and not exists (select 1 from decision_queue q where q.incident_id = i.id)
              and not exists (select 1 from compensation c where c.incident_id = i.id)`,
  },
  {
    id: 'I-21',
    when: 'always',
    says: 'the audit is append only, its chain recomputes, and every end that was handed out is in it',
    sql: `select t.name from (values ('audit'), ('audit_seal'), ('audit_anchor')) as t (name)
            where not exists (select 1 from pg_trigger where tgrelid = t.name::regclass
              and tgname = t.name || '_append_only' and tgenabled in ('O', 'A'))
          union select l.seq::text from (
            select s.seq, s.hash, lag(s.hash, 1, decode(repeat('00', 32), 'hex')) over (order by s.seq) as prev
            from audit_seal s) as l left join audit a on a.seq = l.seq
            where a.seq is null or l.hash <> sha256(l.prev || convert_to(jsonb_build_object('v', 1,
              'seq', a.seq, 'at', to_char(a.at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
              'actor_kind', a.actor_kind, 'actor_id', a.actor_id, 'action', a.action,
              'object', a.object, 'before', a.before, 'after', a.after, 'reason', a.reason,
              'request_id', a.request_id, 'pseudonym', a.pseudonym,
              'personal', encode(a.personal, 'hex'))::text, 'UTF8'))
          union select 'anchor ' || n.seq from audit_anchor n left join audit_seal s on s.seq = n.seq
            where s.hash is distinct from n.hash`,
  },
];
