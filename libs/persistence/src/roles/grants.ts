import type { DatabaseRole } from './database-role';

type Grants = Readonly<Partial<Record<DatabaseRole, string>>>;

/** What everybody may read and nobody changes, but for those named. */
function read(others: Grants = {}): Grants {
  return { api: 'select', desk: 'select', detector: 'select', remedy: 'select', ...others };
}

// Neither when it was nor its place in the order is for those to say who write it.
const AUDIT = `select, insert (actor_kind, actor_id, action, object, before, after, reason, request_id,
  pseudonym, personal)`;
const POSTING = 'select, insert (id, compensation_id, kind, round)';
const ENTRY = 'select, insert (tx_id, account, currency, amount_minor)';

/**
 * What each role may do with each table, in PostgreSQL's words; a column list where only those columns are its to write.
 * Nothing else is granted to anybody, and a table that is missing here fails a spec. To lock rows asks for `update` of
 * one column at least: the key, where nothing is to be changed.
 */
export const TABLE_GRANTS: Readonly<Record<string, Grants>> = {
  // The stream
  stream_position: {
    api: 'select',
    detector: 'select, insert, update',
    remedy: 'select',
  },
  stream_member: {
    detector: 'select, insert, update, delete',
    remedy: 'select, insert, update, delete',
  },
  log_head: {
    api: 'select, insert, update',
    detector: 'select',
    // What we do ourselves comes back as events.
    remedy: 'select, insert, update',
  },
  event_log: {
    api: 'select, insert',
    desk: 'select, update (body)',
    detector: 'select, delete',
    remedy: 'select, insert',
  },
  event_seen: {
    api: 'select, insert',
    detector: 'select, delete',
    remedy: 'select, insert',
  },
  detect_state: {
    api: 'select, update (fire_at, revision), delete',
    desk: 'select, update (state, revision), delete',
    detector: 'select, insert, update, delete',
  },
  timer: {
    api: 'select, insert, delete',
    desk: 'select, delete',
    detector: 'select, insert, update, delete',
  },
  timer_lease: { detector: 'select, update' },
  clock_group: { api: 'select', detector: 'select, insert' },
  topic_clock: {
    api: 'select',
    desk: 'select',
    detector: 'select, insert, update',
    remedy: 'select',
  },
  topic_route: read({ api: 'select, insert', remedy: 'select, insert' }),
  fanout: {
    api: 'select',
    desk: 'select, update (trigger_body, trigger_ref, done)',
    detector: 'select, insert, update',
  },
  undecidable: {
    api: 'select',
    detector: 'select, insert, update',
    remedy: 'select, insert, update',
  },
  quarantine: {
    api: 'select, insert, update (state, resolved_at, resolved_by)',
    desk: 'select, update',
    detector: 'select, insert',
    // An event of ours whose id came with another body.
    remedy: 'select, insert',
  },

  // What was read
  history_segment: {
    api: 'select',
    desk: 'select, update (min_time, max_time, types, packing, bodies)',
    detector: 'select, insert, update (keys), delete',
    remedy: 'select',
  },
  history_segment_default: { detector: 'select, delete' },
  history_directory: read({ detector: 'select, insert, delete' }),
  history_joins: read({ detector: 'select, update' }),
  history_key: read({
    api: 'select, insert',
    desk: 'select, delete',
    detector: 'select, insert, delete',
  }),
  history_key_path: read({ api: 'select, insert, update (filled_back_at)' }),

  // What people write
  rule: read({ api: 'select, insert, update', detector: 'select, update (refuted_count)' }),
  rule_version: read({ api: 'select, insert' }),
  rule_rollout: read({ api: 'select, insert, update' }),
  rule_run: read({ api: 'select, insert, update', detector: 'select, update (drained)' }),
  // Whoever is the first to be asked plays it.
  guardrail_expectation: read({
    api: 'select, insert, update',
    remedy: 'select, insert, update',
  }),
  rule_set: read({
    api: 'select, update (generation)',
    desk: 'select, update (generation)',
    detector: 'select, update (generation)',
  }),
  template: read({ api: 'select, insert, update' }),
  template_version: read({ api: 'select, insert' }),
  calendar: read({ api: 'select, insert, update' }),
  calendar_version: read({ api: 'select, insert' }),
  settings: read({ api: 'select, update' }),
  api_key: { api: 'select, insert, update' },
  console_session: {
    api: `select, insert (token_hash, api_key_id, user_id, user_role, expires_at), update (ended_at),
      delete`,
  },
  idempotency: { api: 'select, insert, update, delete', desk: 'select, update (body)' },
  customer: read({
    api: 'select, insert, update, delete',
    desk: 'select, insert, update (id), delete',
    detector: 'select, insert, update, delete',
  }),

  // Incidents and what is decided of them
  incident: {
    api: 'select',
    desk: 'select, update',
    detector:
      'select, insert, update (closed_at, refuted_at, event, vars, facts, revision, updated_at)',
    remedy: 'select, update',
  },
  decision_queue: {
    api: 'select',
    desk: 'select, delete',
    detector: 'select, insert',
    remedy: 'select, insert, update, delete',
  },
  approval: {
    // A yes is given at the desk alone: here it is asked for, and made use of.
    api: `select, insert (id, kind, about, change, authors, state, reason, content_hash, requested_by),
      update (used_at)`,
    desk: 'select, insert, update',
    remedy: 'select, insert, update',
  },
  customer_link: { api: 'select', desk: 'select, insert', remedy: 'select, insert' },
  limit_guard: {
    api: 'select',
    desk: 'select, insert, update (guard), delete',
    remedy: 'select, insert, update (guard)',
  },
  limit_entry: {
    api: 'select',
    desk: 'select, insert, update, delete',
    remedy: 'select, insert, update, delete',
  },
  limit_scope: { api: 'select', desk: 'select, insert', remedy: 'select, insert' },

  // Money
  compensation: {
    api: 'select',
    desk: 'select, insert, update',
    remedy: 'select, insert, update',
  },
  budget: {
    api: `select, insert (id, brand, currency, period, limit_minor, warn_at, on_exhausted),
      update (period, limit_minor, warn_at, on_exhausted, period_key, revision, updated_at)`,
    desk: 'select, update (held_minor, spent_minor, period_key, updated_at)',
    remedy: 'select, update (held_minor, spent_minor, period_key, updated_at)',
  },
  exit_day: {
    api: 'select',
    desk: 'select, insert, update (moved_minor)',
    remedy: 'select, insert, update (moved_minor)',
  },
  ledger_tx: { api: 'select', desk: POSTING, remedy: POSTING },
  ledger_entry: { api: 'select', desk: ENTRY, remedy: ENTRY },
  wallet_balance: {
    api: 'select',
    desk: 'select, insert, update',
    remedy: 'select, insert, update (balance_minor)',
  },
  voucher: {
    api: 'select',
    desk: 'select, insert, update (voided_at, customer_id)',
    remedy: 'select, insert',
  },
  voucher_pool: { desk: 'select', remedy: 'select, insert' },
  voucher_code: {
    desk: 'select, update (compensation_id, taken_at)',
    remedy: 'select, insert, update (compensation_id, taken_at)',
  },
  payment_attempt: {
    api: 'select',
    // New ones are remedy's alone.
    desk: 'select, update',
    remedy: 'select, insert, update',
  },
  payment_capture: { remedy: 'select, insert, update' },
  payout_hook: { desk: 'select, insert' },
  payout_difference: { api: 'select', remedy: 'select, insert, update' },
  payout_reconcile: { remedy: 'select, insert, update' },
  hold: {
    api: 'select, insert, update',
    desk: 'select, update (scope, reason, release_note, revision)',
    remedy: 'select, insert, update',
  },
  hold_gate: {
    api: 'select, update (generation)',
    desk: 'select, update (generation)',
    remedy: 'select, update (generation)',
  },
  job: { api: 'select, insert, update', desk: 'select', remedy: 'select, insert, update' },

  // What is told
  message: { api: 'select', desk: 'select, insert, update', remedy: 'select, insert, update' },
  notice: { api: 'select', desk: 'select, insert', remedy: 'select, insert' },
  // Written by triggers, with the owner's rights.
  outbox: { desk: 'select, update (customer_id), delete', remedy: 'select, delete' },
  own_event: {
    desk: 'select, delete',
    detector: 'select',
    remedy: 'select, update (stream_time), delete',
  },
  // Whoever changes what is told asks whether a rule watches.
  own_event_watch: read({ api: 'select, insert, delete' }),
  outbox_lease: { remedy: 'select, update' },

  // What cannot be changed, and who is forgotten
  audit: { api: AUDIT, desk: AUDIT, detector: AUDIT, remedy: AUDIT },
  audit_seal: { api: 'select, insert', desk: 'select', remedy: 'select, insert' },
  audit_anchor: { api: 'select', remedy: 'select, insert' },
  customer_key: read({
    api: 'select, insert',
    desk: 'select, insert, delete',
    detector: 'select, insert',
    remedy: 'select, insert',
  }),
  customer_erasure: read({ desk: 'select, insert, update (customer_id, done_at)' }),
  pseudonym_secret: read(),

  schema_migration: read(),
};

export const SEQUENCE_GRANTS: Readonly<Record<string, Grants>> = {
  history_seq: read({ detector: 'select, usage' }),
};

/** Functions that work with the owner's rights, and who may call them; triggers call theirs for anybody. */
export const FUNCTION_GRANTS: Readonly<Record<string, readonly DatabaseRole[]>> = {
  change_budget_period: ['api'],
  erase_from_ledger: ['desk'],
  make_history_month: ['detector'],
  drop_history_months: ['detector'],
  oldest_snapshot_seconds: ['detector'],
  tell_incident: [],
  tell_compensation: [],
  tell_message: [],
  tell_quarantine: [],
  tell_notice: [],
};
