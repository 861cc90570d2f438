import type { Invariant } from './invariant';

/**
 * Where what was written down outside of the service is put, to be compared with its books: by whoever
 * made the events, moved the money, and took the mail.
 */
export const JOURNAL_TABLES = `
create schema if not exists journal;
create table if not exists journal.produced
  (topic text not null, partition int not null, "offset" bigint not null,
   primary key (topic, partition, "offset"));
create table if not exists journal.accepted (source text not null, id text not null,
  primary key (source, id));
create table if not exists journal.captured
  (payment text primary key, minor bigint not null, currency text not null);
create table if not exists journal.moved
  (key text not null, customer_id text not null, payment text, minor bigint not null,
   currency text not null);
create table if not exists journal.mail (message_id text not null, customer_id text not null);
`;

/** What the service's books say, held against the journals that lie outside of it. */
export const JOURNAL_INVARIANTS: readonly Invariant[] = [
  {
    id: 'I-01',
    when: 'end',
    says: 'every event the broker or the door has acknowledged was evaluated, or is in quarantine',
    sql: `select p.topic, p.partition, p."offset" from journal.produced p
            where not exists (select 1 from invariants.history h where h.topic = p.topic
                and h.partition = p.partition and h."offset" = p."offset")
              and not exists (select 1 from quarantine q where q.topic = p.topic
                and q.partition = p.partition and q."offset" = p."offset")
          union all select a.source, null, null from journal.accepted a
            left join (select distinct source, id from invariants.history) h using (source, id)
            where h.id is null`,
  },
  {
    id: 'I-05',
    when: 'always',
    says: 'money moved at most once per compensation, and never under a key that is not ours',
    sql: `select a.compensation_id from journal.moved m join payment_attempt a on a.idem_key = m.key
            group by a.compensation_id having count(*) > 1
          union select m.key from journal.moved m
            where not exists (select 1 from payment_attempt a where a.idem_key = m.key)`,
  },
  {
    id: 'I-08b',
    when: 'always',
    says: 'what moved is what the attempt says',
    sql: `select m.key from journal.moved m join payment_attempt a on a.idem_key = m.key
          where (m.minor, m.currency) <> (a.amount_minor, a.currency::text)`,
  },
  {
    id: 'I-09',
    when: 'always',
    says: 'no more is refunded to a payment than was captured',
    sql: `select c.payment from compensation c left join journal.captured p using (payment)
          where c.kind = 'refund' and c.state in ('reserved', 'sending', 'unknown', 'settled')
          group by c.payment, p.payment, p.minor, p.currency
          having p.payment is null or sum(c.amount_minor) > p.minor
            or bool_or(c.currency::text <> p.currency)`,
  },
  {
    id: 'I-13b',
    when: 'end',
    says: 'every message that was sent arrived, and nothing arrived that was not sent',
    sql: `select m.id from message m where m.state = 'sent' and not exists (
            select 1 from journal.mail j where j.message_id = m.id)
          union select j.message_id from journal.mail j where not exists (
            select 1 from message m where m.state = 'sent' and m.id = j.message_id)`,
  },
  {
    id: 'I-15',
    when: 'end',
    says: 'what is settled in our books has moved, and what has moved is settled',
    sql: `select c.id from compensation c where c.kind = 'refund' and c.state = 'settled'
            and not exists (select 1 from payment_attempt a join journal.moved m on m.key = a.idem_key
              where a.compensation_id = c.id)
          union select c.id from journal.moved m join payment_attempt a on a.idem_key = m.key
            join compensation c on c.id = a.compensation_id
            where c.state not in ('settled', 'reversed')`,
  },
];
