import { BOOK_INVARIANTS } from './book-invariants';
import type { Invariant } from './invariant';

/** On its way, set aside, or waiting: counted as held in its budget. */
const HELD = `('proposed','awaiting_approval','held','reserved','sending','unknown')`;
const LIVE = `('proposed','awaiting_approval','held','reserved','sending','unknown','settled')`;

export const MONEY_INVARIANTS: readonly Invariant[] = [
  ...BOOK_INVARIANTS,
  {
    id: 'I-06',
    when: 'always',
    says: 'at most one attempt succeeds, and a new one follows only a proven failure',
    sql: `select compensation_id from payment_attempt group by 1
            having count(*) filter (where state = 'succeeded') > 1
          union select a.compensation_id from payment_attempt a
            join payment_attempt b on b.compensation_id = a.compensation_id
              and b.attempt_no > a.attempt_no
            where a.state <> 'failed' or coalesce(a.failure_proof, '') = ''`,
  },
  {
    id: 'I-07',
    when: 'always',
    says: 'every ledger transaction has entries, and they sum to zero in each currency',
    sql: `select tx_id from ledger_entry group by tx_id, currency having sum(amount_minor) <> 0
          union select t.id from ledger_tx t
            where not exists (select 1 from ledger_entry e where e.tx_id = t.id)`,
  },
  {
    id: 'I-08',
    when: 'always',
    says: 'attempt, ledger and voucher agree with the compensation on the sum',
    sql: `select a.id from payment_attempt a join compensation c on c.id = a.compensation_id
            where (a.amount_minor, a.currency) <> (c.amount_minor, c.currency)
          union select t.id from ledger_tx t join compensation c on c.id = t.compensation_id
            join ledger_entry e on e.tx_id = t.id
            where e.currency <> c.currency or abs(e.amount_minor) <> c.amount_minor
          union select v.code from voucher v join compensation c on c.id = v.compensation_id
            where (v.amount_minor, v.currency, v.customer_id)
              <> (c.amount_minor, c.currency, c.customer_id)`,
  },
  {
    id: 'I-10',
    when: 'always',
    says: 'a budget holds and has spent what its compensations say, and never more than its limit',
    sql: `select b.id from budget b left join lateral (
            select coalesce(sum(c.amount_minor) filter (where c.state in ${HELD}), 0) as held,
              coalesce(sum(c.amount_minor) filter (
                where c.state = 'settled' and c.budget_period = b.period_key), 0) as spent
            from compensation c where c.budget_id = b.id) x on true
          where (b.held_minor, b.spent_minor) <> (x.held, x.spent)
            or b.held_minor + b.spent_minor > b.limit_minor`,
  },
  {
    id: 'B-02',
    when: 'always',
    says: 'what counts in a budget is of its currency, and of its brand if it is that of one',
    sql: `select c.id from compensation c left join budget b on b.id = c.budget_id
          where c.budget_id is not null and (b.id is null or b.currency <> c.currency
            or b.brand not in ('', coalesce(c.brand, '')))`,
  },
  {
    id: 'I-11',
    when: 'always',
    says: 'one live compensation per incident and unit',
    sql: `select incident_id from compensation where incident_id is not null and state in ${LIVE}
          group by incident_id, unit having count(*) > 1`,
  },
  {
    id: 'I-12',
    when: 'always',
    says: 'no message promises money that has not moved, or another sum',
    sql: `select m.id from message m left join compensation c on c.id = m.compensation_id
          where m.state in ('sending', 'sent') and m.promised_minor is not null
            and (c.id is null or c.state not in ('settled', 'reversed')
              or (m.promised_minor, m.promised_currency) <> (c.amount_minor, c.currency))`,
  },
  {
    id: 'I-13',
    when: 'end',
    says: 'every settled compensation that has a template has one message of its own, and one only',
    sql: `select c.id from compensation c
          left join rule_version v on v.rule_id = c.rule_id and v.version = c.rule_version
          where c.state = 'settled' and (c.template is not null or v.document::jsonb ? 'message')
            and (select count(*) from message m where m.compensation_id = c.id
                 and m.dedupe_key not like '%:resend:%') <> 1`,
  },
  {
    id: 'I-14',
    when: 'end',
    says: 'nothing stays between two states',
    sql: `select id from compensation where state in ('proposed', 'sending')
          union select id from compensation where state in ('reserved', 'unknown')
            and next_attempt_at is null
            and not exists (select 1 from approval a where a.compensation_id = compensation.id
              and a.state = 'open')
          union select id from message where state = 'sending'
          union select incident_id from decision_queue where not_before <= now()
          union select event_id from outbox where at < now() - interval '2 minutes'
          union select event_id from own_event where at < now() - interval '2 minutes'`,
  },
  {
    id: 'I-16',
    when: 'always',
    says: 'nothing is sent after the window of its key, and a key means one request',
    sql: `select id from payment_attempt where last_sent_at > first_sent_at + key_window
          union select min(id) from payment_attempt group by idem_key
            having count(distinct request_hash) > 1`,
  },
  {
    id: 'I-17',
    when: 'always',
    says: 'reserved, then sent, then settled, then told',
    sql: `select c.id from compensation c join payment_attempt a on a.compensation_id = c.id
            where c.settled_at < a.first_sent_at
              or (a.state <> 'failed' and a.first_sent_at < c.reserved_at)
          union select c.id from compensation c where c.settled_at < c.reserved_at
          union select c.id from compensation c join message m on m.compensation_id = c.id
            where m.sent_at < c.settled_at`,
  },
  {
    id: 'I-18',
    when: 'always',
    says: 'nothing that a hold stops is reserved, sent or told while it is in force',
    // Not those with conditions on the event, which SQL cannot evaluate.
    sql: `with stop as (
            select h.*, least(h.released_at, h.until, 'infinity') as over,
              case jsonb_typeof(h.scope -> 'label') when 'object' then h.scope -> 'label'
                when 'string' then jsonb_build_object(split_part(h.scope ->> 'label', '=', 1),
                  substr(h.scope ->> 'label', strpos(h.scope ->> 'label', '=') + 1)) end as label
            from hold h where effective_at is not null and not h.scope ? 'event_filter'
              and h.scope <> '{}'),
          stopped as (
            select c.id, c.reserved_at, s.payments, s.messages, s.effective_at, s.over
            from compensation c
            left join rule_version v on v.rule_id = c.rule_id and v.version = c.rule_version
            join stop s on coalesce(c.rule_id = s.scope ->> 'rule', not s.scope ? 'rule')
              and coalesce(c.customer_id = s.scope ->> 'customer', not s.scope ? 'customer')
              and coalesce(v.labels @> s.label, s.label is null))
          select id from stopped where payments and reserved_at > effective_at and reserved_at < over
          union select a.id from payment_attempt a join stopped s on s.id = a.compensation_id
            and s.payments and a.last_sent_at > s.effective_at and a.last_sent_at < s.over
          union select m.id from message m join stopped s on s.id = m.compensation_id
            and s.messages and m.sent_at > s.effective_at and m.sent_at < s.over`,
  },
  {
    id: 'I-19',
    when: 'always',
    says: 'what needs approval has it, for this very content, before it is reserved',
    sql: `select c.id from compensation c
          where c.needs_approval and c.reserved_at is not null and not exists (
            select 1 from approval a where a.compensation_id = c.id and a.state = 'approved'
              and a.content_hash = c.content_hash and a.decided_at <= c.reserved_at)`,
  },
  {
    id: 'I-20',
    when: 'always',
    says: 'nobody approves what they proposed',
    sql: `select a.id from approval a join compensation c on c.id = a.compensation_id
          where a.decided_by is not null and a.state = 'approved' and (a.decided_by = a.requested_by
            or (a.kind is null and a.decided_by = c.proposed_by))
          union select a.id from approval a where a.state = 'approved'
            and (a.decided_by = a.requested_by or a.decided_by = any(a.authors)
              or (a.needs_second and (a.first_by is null
                or a.first_by in (a.decided_by, a.requested_by))))
          union select a.id from approval a where a.used_at is not null and a.state <> 'approved'`,
  },
  {
    id: 'R-01',
    when: 'always',
    says: 'what two people take back is taken back, and nobody is asked about it any more',
    sql: `select a.id from approval a join compensation c on c.id = a.compensation_id
          where a.kind = 'compensation.reverse'
            and a.state = case c.state when 'reversed' then 'open' else 'approved' end`,
  },
  {
    id: 'I-22',
    when: 'always',
    says: 'every posting has its audit row',
    sql: `select t.compensation_id from ledger_tx t
          group by t.compensation_id, t.kind
          having count(*) > (select count(*) from audit a
            where a.object = 'compensation:' || t.compensation_id
              and a.action = 'compensation.' || t.kind)`,
  },
  {
    id: 'I-23',
    when: 'always',
    says: 'money goes out under a version of a rule, or by a person',
    sql: `select c.id from compensation c left join rule_version v
            on v.rule_id = c.rule_id and v.version = c.rule_version
          where (c.proposed_by like 'rule:%') <> (v.rule_id is not null)`,
  },
  {
    id: 'I-24',
    when: 'always',
    says: 'what was set aside is settled or undone, once; what is reversed had been settled',
    sql: `select t.compensation_id from ledger_tx t join compensation c on c.id = t.compensation_id
          group by t.compensation_id, t.round, c.kind
          having count(*) filter (where t.kind in ('settle', 'void')) > 1
            or count(*) filter (where t.kind = 'void')
              > count(*) filter (where t.kind = 'reserve')
            or (c.kind in ('refund', 'replacement') and count(*) filter (where t.kind = 'settle')
              > count(*) filter (where t.kind = 'reserve'))
            or count(*) filter (where t.kind = 'reverse') > count(*) filter (where t.kind = 'settle')`,
  },
  {
    id: 'L-01',
    when: 'always',
    says: 'limits count what is live, and nothing else',
    sql: `select e.guard from limit_entry e left join compensation c on c.id = e.entry_ref
          where e.entry_ref like 'cmp_%' and e.guard not like 'shadow|%'
            and (c.id is null or c.state not in ${LIVE} or c.amount_minor <> e.amount_minor
              or c.currency <> e.currency)`,
  },
  {
    id: 'V-01',
    when: 'always',
    says: 'a voucher is good exactly while its compensation stands',
    sql: `select v.code from voucher v join compensation c on c.id = v.compensation_id
            where (v.voided_at is null) <> (c.state = 'settled')
          union select c.id from compensation c where c.kind = 'voucher'
            and c.state in ('settled', 'reversed')
            and not exists (select 1 from voucher v where v.compensation_id = c.id)`,
  },
  {
    id: 'S-01',
    when: 'always',
    says: 'an incident is paid exactly when its compensation is settled',
    sql: `select i.id from incident i join compensation c on c.incident_id = i.id
          where i.lane = 0 and c.unit = 0 and c.state in ${LIVE}
            and i.state <> case c.state when 'settled' then 'paid' when 'held' then 'held'
              when 'awaiting_approval' then 'review' else 'paying' end
          union select i.id from incident i where i.state = 'paid'
            and not exists (select 1 from compensation c where c.incident_id = i.id
              and c.state = 'settled')`,
  },
];
