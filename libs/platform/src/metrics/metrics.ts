import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import * as buckets from './buckets';

/**
 * Every metric there is, in the order of an event's way. Names end in their unit; labels come from
 * small closed sets: never a customer, an event or an incident. `docs/operating.md` says what to
 * do about each.
 */
// eslint-disable-next-line max-lines-per-function -- a table, and it is to be one
export function createMetrics(registry: Registry = new Registry()) {
  const registers = [registry];
  const counter = <L extends string = never>(name: string, help: string, labelNames: L[] = []) =>
    new Counter<L>({ name, help, labelNames, registers });
  const gauge = <L extends string = never>(name: string, help: string, labelNames: L[] = []) =>
    new Gauge<L>({ name, help, labelNames, registers });
  const histogram = <L extends string = never>(
    name: string,
    help: string,
    buckets: number[],
    labelNames: L[] = [],
  ) => new Histogram<L>({ name, help, labelNames, buckets, registers });

  return {
    registry,

    // Ingest
    eventsReceived: counter(
      'amends_events_received_total',
      'Events offered to ingest, by verdict: accepted, duplicate, rejected',
      ['verdict'],
    ),
    ingestSeconds: histogram(
      'amends_ingest_seconds',
      'From a request at /v1/events to its events being durable',
      buckets.FAST_SECONDS,
    ),

    // Stream
    eventsConsumed: counter(
      'amends_events_consumed_total',
      'Events read from the stream, by outcome: evaluated, duplicate, quarantined',
      ['topic', 'outcome'],
    ),
    streamLagMessages: gauge(
      'amends_stream_lag_messages',
      'Events behind the end of the partition, from the position in the database',
      ['topic', 'partition'],
    ),
    streamLagSeconds: gauge(
      'amends_stream_lag_seconds',
      'How far the read-through time of the partition is behind the database clock',
      ['topic', 'partition'],
    ),
    streamPositionUnowned: gauge(
      'amends_stream_positions_unowned',
      'Partitions whose position nobody has moved or claimed lately',
    ),
    streamRebalances: counter(
      'amends_stream_rebalances_total',
      'Assignments of partitions to this process',
    ),
    streamPartitionsStopped: gauge(
      'amends_stream_partition_stopped',
      '1 while nobody reads the partition until a person has set its position',
      ['topic', 'partition'],
    ),
    streamConsumerRebuilds: counter(
      'amends_stream_consumer_rebuilds_total',
      'Kafka consumers that died and were replaced',
    ),
    fenceRejections: counter(
      'amends_fence_rejections_total',
      'Batches dropped because another process had taken over the partition',
      ['topic'],
    ),
    batchSeconds: histogram(
      'amends_batch_seconds',
      'One batch from its first event decoded to its transaction committed',
      buckets.FAST_SECONDS,
      ['source'],
    ),
    batchEvents: histogram(
      'amends_batch_events',
      'Events in one batch, as read from its source',
      buckets.BATCH_EVENTS,
      ['source'],
    ),
    batchesRedone: counter(
      'amends_batches_redone_total',
      'Batches rolled back and done again, by reason: deadlock, serialization, stale_cache, rules',
      ['reason'],
    ),
    quarantined: counter(
      'amends_quarantined_events_total',
      'Events put into quarantine, by reason',
      ['reason'],
    ),
    quarantineSize: gauge('amends_quarantine_events', 'Events waiting in quarantine'),

    // Clock
    clockHeldSeconds: gauge(
      'amends_clock_held_seconds',
      'For how long this partition has been what holds the clock of the rules that read it; 0 when it does not',
      ['topic', 'partition'],
    ),
    clockLagSeconds: gauge(
      'amends_clock_lag_seconds',
      'How far the slowest rule clock is behind the database clock',
    ),

    // Evaluation
    evaluationSeconds: histogram(
      'amends_evaluation_seconds',
      'Pure evaluation of one batch, without input and output',
      buckets.FAST_SECONDS,
    ),
    rulesEvaluated: counter(
      'amends_rules_evaluated_total',
      'Rules an event was evaluated against, after the index left the others out',
    ),
    rulesUndecidable: counter(
      'amends_rules_undecidable_total',
      'Evaluations that could not be decided because data was missing',
    ),
    ruleSetGeneration: gauge(
      'amends_rule_set_generation',
      'Generation of the rule set this process has compiled',
    ),
    ruleCompileSeconds: histogram(
      'amends_rule_compile_seconds',
      'Compiling the whole rule set after a change',
      buckets.FAST_SECONDS,
    ),
    statesOpen: gauge('amends_states_open', 'State rows that are waiting for something'),

    // Timers
    timersOpen: gauge('amends_timers_open', 'Timers not yet due (an estimate)'),
    timerShardsActive: gauge(
      'amends_timer_shards_active',
      'Shards of timers leased to this process',
    ),
    timersFired: counter('amends_timers_fired_total', 'Timers fired, by outcome: breach, kept', [
      'outcome',
    ]),
    timerLagSeconds: histogram(
      'amends_timer_lag_seconds',
      'From the clock passing a due time to the timer having fired',
      buckets.LAG_SECONDS,
    ),
    timerOldestDueSeconds: gauge(
      'amends_timer_oldest_due_seconds',
      'Age of the oldest timer that is due and has not fired',
    ),

    // Incidents and decisions
    incidents: counter(
      'amends_incidents_total',
      'Incidents, by what happened to them: opened, closed, refuted',
      ['change'],
    ),
    decisions: counter(
      'amends_decisions_total',
      'Decisions, by outcome: pay, apology_only, skipped, review, held_out, shadow, undecidable',
      ['outcome'],
    ),
    decisionSeconds: histogram(
      'amends_decision_seconds',
      'One decision, from taking it off the queue to its transaction committed',
      buckets.FAST_SECONDS,
    ),
    decisionsRedone: counter(
      'amends_decision_batches_redone_total',
      'Batches decided anew: others had taken the room they had seen in a budget or ceiling',
    ),
    decisionQueueSize: gauge('amends_decision_queue_size', 'Incidents waiting for a decision'),
    decisionOldestSeconds: gauge(
      'amends_decision_oldest_seconds',
      'Age of the oldest incident waiting for a decision',
    ),
    limitsHit: counter(
      'amends_limits_hit_total',
      'Decisions a limit, a budget or the daily ceiling changed, by effect: trim, skip, review, hold',
      ['kind', 'effect'],
    ),
    approvalsWaiting: gauge('amends_approvals_waiting', 'Payouts waiting for a person'),
    holdsActive: gauge('amends_holds_active', 'Holds that stop payouts and messages now'),

    // Payouts
    payouts: counter(
      'amends_payouts_total',
      'Attempts to move money, by provider and outcome: settled, pending, waiting, failed, unknown',
      ['provider', 'outcome'],
    ),
    payoutSeconds: histogram(
      'amends_payout_seconds',
      'One attempt at a provider, from sending to its answer or time-out',
      buckets.REMOTE_SECONDS,
      ['provider'],
    ),
    payoutsInFlight: gauge(
      'amends_payouts_active',
      'Requests to a provider that are under way at this moment',
      ['provider'],
    ),
    payoutsWaiting: gauge(
      'amends_payouts_waiting',
      'Payouts that could go to a provider now and have not been sent',
      ['provider'],
    ),
    payoutCircuitOpen: gauge(
      'amends_payout_circuit_open',
      '1 while a provider is let alone because it does not answer',
      ['provider'],
    ),
    payoutDifferences: gauge(
      'amends_payout_differences_open',
      'Payouts that our books and those of a provider do not agree on, as last reconciled',
      ['provider', 'kind'],
    ),
    payoutReconciledAgeSeconds: gauge(
      'amends_payout_reconciled_age_seconds',
      'Since a provider was last reconciled',
      ['provider'],
    ),
    voucherCodesLeft: gauge(
      'amends_voucher_codes_size',
      'Given voucher codes that nobody has got yet, by pool and currency',
      ['pool', 'currency'],
    ),
    payoutsUnknown: gauge(
      'amends_payouts_unknown',
      'Payouts whose outcome is not known and has to be asked for',
    ),
    payoutAmount: counter(
      'amends_payout_minor_units_total',
      'Money irrevocably accepted, in minor units of the currency',
      ['currency', 'as'],
    ),

    failureSeconds: histogram(
      'amends_failure_seconds',
      'From a failure (the time of its incident) until it was detected, the money had moved, the customer was told',
      buckets.FAILURE_SECONDS,
      ['until'],
    ),
    promisesLate: gauge(
      'amends_promises_late',
      'Our own promises that stay open too long: approval, hold, unknown, replacement',
      ['promise'],
    ),
    guardrailTrips: counter(
      'amends_guardrail_trips_total',
      'Holds laid by a guardrail: max_spend_ratio, max_hit_ratio, max_payout_failure',
      ['guard'],
    ),
    bookDifferences: gauge(
      'amends_book_differences',
      'Wallets, budgets and accounts that are not what the ledger says, by the hourly check',
    ),

    // Messages and outbox
    messages: counter(
      'amends_messages_total',
      'Attempts to send a message, by channel and outcome: sent, retried, failed',
      ['channel', 'outcome'],
    ),
    messageSeconds: histogram(
      'amends_message_seconds',
      'One attempt to hand over a message',
      buckets.REMOTE_SECONDS,
      ['channel'],
    ),
    eventToApologySeconds: histogram(
      'amends_event_to_apology_seconds',
      'From the incident being detected to its message handed over',
      buckets.LAG_SECONDS,
    ),
    outboxSize: gauge('amends_outbox_size', 'Events waiting in the outbox'),
    outboxOldestSeconds: gauge('amends_outbox_oldest_seconds', 'Age of the oldest outbox row'),
    outboxRelayed: counter(
      'amends_outbox_relayed_total',
      'Events that the broker has acknowledged, by topic',
      ['topic'],
    ),
    ownEventsSize: gauge('amends_own_events_size', 'States on their way to rules that watch them'),
    ownEventsOldestSeconds: gauge('amends_own_events_oldest_seconds', 'Age of the oldest of them'),

    // Audit
    auditLinked: counter('amends_audit_linked_total', 'Audit rows linked into the chain'),
    auditOldestUnlinkedSeconds: gauge(
      'amends_audit_oldest_unlinked_seconds',
      'Age of the oldest audit row that is not linked into the chain yet',
    ),
    auditAnchorFailures: counter(
      'amends_audit_anchor_failures_total',
      'Ends of the audit chain that could not be handed to those who keep them',
    ),

    // Database and process
    databaseConnections: gauge(
      'amends_database_connections',
      'Connections of a pool, by state: idle, busy, waiting',
      ['pool', 'state'],
    ),
    databaseErrors: counter(
      'amends_database_errors_total',
      'Statements that failed, by SQLSTATE class',
      ['class'],
    ),
    databaseOldestSnapshotSeconds: gauge(
      'amends_database_oldest_snapshot_seconds',
      'Age of the oldest snapshot: while one is held, dead rows cannot be removed',
    ),
    httpSeconds: histogram(
      'amends_http_request_seconds',
      'Requests, by route pattern, method and status class',
      buckets.FAST_SECONDS,
      ['route', 'method', 'status'],
    ),
    loopSecondsSinceTurn: gauge(
      'amends_loop_seconds_since_turn',
      'Since a background loop last completed a turn',
      ['loop'],
    ),
  };
}

/** The metrics of one process. */
export type Metrics = ReturnType<typeof createMetrics>;
