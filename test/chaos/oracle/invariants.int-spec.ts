import {
  createInvariantViews,
  fillHistory,
  findViolations,
  JOURNAL_INVARIANTS,
  JOURNAL_TABLES,
  STREAM_INVARIANTS,
  useTestDatabase,
  viewOf,
} from '@amends/testing';

const ALL = [...STREAM_INVARIANTS, ...JOURNAL_INVARIANTS];

/** An event that was read, in a segment of its own that is not packed. */
function segment(seq: number, id: string, offset: number): string {
  const head = { base: 0, times: [0], types: ['x.y'], places: [['t', 0, String(offset), 1, 0]] };
  const text = `${JSON.stringify(head)}\u001e${JSON.stringify({ source: '/s', id })}`;
  return `insert into history_segment (first_seq, last_seq, events, min_time, max_time, types,
    is_small, packing, bodies)
  values (${String(seq)}, ${String(seq)}, 1, now(), now(), '{x.y}', true, 'none',
    '\\x${Buffer.from(text).toString('hex')}')`;
}

/** One refund from its event to its mail, as the service and those outside write it down. */
const WHOLE_LIFE = `
insert into audit (actor_kind, actor_id, action, object) values ('rule', 'r@1', 'compensation.settle', 'c');
insert into audit_seal select seq, sha256(decode(repeat('00', 32), 'hex') || convert_to(
  jsonb_build_object('v', 1, 'seq', seq, 'at', to_char(at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    'actor_kind', actor_kind, 'actor_id', actor_id, 'action', action, 'object', object,
    'before', before, 'after', after, 'reason', reason, 'request_id', request_id,
    'pseudonym', pseudonym, 'personal', encode(personal, 'hex'))::text, 'UTF8')) from audit;
insert into stream_position (source, topic, partition, next_offset) values ('kafka', 't', 0, 3);
${segment(4096, 'e0', 0)};
${segment(8192, 'e2', 2)};
insert into quarantine (id, source, topic, partition, "offset", reason, detail, payload)
  values ('q1', 'kafka', 't', 0, 1, 'malformed_json', 'no end', 'x');
insert into rule (id, latest_version) values ('r', 1);
insert into rule_version (rule_id, version, document, document_hash, title, author)
  values ('r', 1, '{"detect":{"type":"event"}}', 'h', 'R', 'li');
insert into incident (id, rule_id, rule_version, lane, key_path, key, occurrence, customer_id, state,
    event_time, detected_at, event, vars, facts, evidence)
  values ('i1', 'r', 1, 0, 'k', '"k1"', '', 'ana', 'paying', now(), now(), '{}', '{}', '{}', '[]');
insert into compensation (id, incident_id, customer_id, rule_id, rule_version, kind, amount_minor,
    currency, state, payment, proposed_by, content_hash, incident_at)
  values ('c1', 'i1', 'ana', 'r', 1, 'refund', 300, 'EUR', 'settled', 'p1', 'rule:r@1', 'h', now());
insert into payment_attempt (id, compensation_id, attempt_no, provider, idem_key, request_hash,
    amount_minor, currency, state, key_window)
  values ('a1', 'c1', 1, 'webhook', 'c1_1', 'h', 300, 'EUR', 'succeeded', '1 day');
insert into message (id, dedupe_key, customer_id, compensation_id, template_id, channel, state)
  values ('m1', 'c1:settled', 'ana', 'c1', 't', 'email', 'sent');
insert into journal.produced values ('t', 0, 0), ('t', 0, 1), ('t', 0, 2);
insert into journal.accepted values ('/s', 'e2');
insert into journal.captured values ('p1', 300, 'EUR');
insert into journal.moved values ('c1_1', 'ana', 'p1', 300, 'EUR');
insert into journal.mail values ('m1', 'ana');
`;

/** One thing broken on purpose, and the check that must see it. */
const DAMAGE: readonly (readonly [id: string, what: string, sql: string])[] = [
  [
    'I-01',
    'an acknowledged record without a trace',
    `insert into journal.produced values ('t', 0, 3)`,
  ],
  ['I-01', 'an accepted event without a trace', `insert into journal.accepted values ('/s', 'e9')`],
  ['I-02', 'a gap below the position', `delete from history_segment where first_seq = 8192`],
  ['I-02', 'a poison record that nobody kept', `delete from quarantine`],
  ['I-03', 'a record that was worked off twice', segment(12_288, 'e0', 0)],
  ['I-03', 'an effect beyond the position', `update stream_position set next_offset = 2`],
  ['I-04', 'something set aside without a reason', `update quarantine set reason = ''`],
  [
    'I-04',
    'an incident that nobody will decide',
    `delete from message; delete from payment_attempt; delete from compensation`,
  ],
  ['I-05', 'money that moved twice', `insert into journal.moved select * from journal.moved`],
  ['I-05', 'money under a key of nobody', `update journal.moved set key = 'strange'`],
  ['I-08b', 'another sum than was asked for', `update journal.moved set minor = 301`],
  ['I-09', 'more refunded than was captured', `update journal.captured set minor = 299`],
  ['I-09', 'a refund to a payment of nobody', `delete from journal.captured`],
  ['I-13b', 'a message that never arrived', `delete from journal.mail`],
  ['I-13b', 'a mail that nobody sent', `update message set state = 'queued'`],
  ['I-15', 'settled, and nothing moved', `delete from journal.moved`],
  ['I-15', 'moved, and not settled', `update compensation set state = 'failed'`],
  [
    'I-21',
    'an audit that can be written over',
    `alter table audit disable trigger audit_append_only`,
  ],
  [
    'I-21',
    'an audit row that says something else',
    `alter table audit disable trigger audit_append_only; update audit set reason = 'x'`,
  ],
  [
    'I-21',
    'an audit row that is gone',
    `insert into audit_seal select max(seq) + 1, '' from audit`,
  ],
  [
    'I-21',
    'an end of the chain that it does not have',
    `insert into audit_anchor values ('p', 1, '')`,
  ],
];

describe('the checks of the stream and of the journals outside', () => {
  const database = useTestDatabase({
    invariants: { unchecked: 'a life written down by hand, as far as these checks look at it' },
  });

  beforeAll(async () => {
    await database().pool.query(JOURNAL_TABLES);
    const client = await database().pool.connect();
    await createInvariantViews(client, ALL);
    client.release();
    await database().pool.query(WHOLE_LIFE);
  });

  it('find nothing wrong with a whole life in order', async () => {
    const found = await findViolations(database().url, { atRest: true, invariants: ALL });

    expect(found).toEqual([]);
  });

  it.each(DAMAGE)('%s sees %s', async (id, _what, damage) => {
    const view = viewOf(ALL.find((one) => one.id === id)!);
    const client = await database().pool.connect();
    try {
      // Never committed.
      await client.query('begin');
      await client.query(damage);
      await fillHistory(client);
      expect((await client.query(`select * from ${view}`)).rowCount).toBeGreaterThan(0);
    } finally {
      await client.query('rollback');
      client.release();
    }
  });

  it('are each seen to fail at least once', () => {
    expect(new Set(DAMAGE.map(([id]) => id))).toEqual(new Set(ALL.map(({ id }) => id)));
  });
});
