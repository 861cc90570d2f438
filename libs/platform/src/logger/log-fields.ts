/**
 * The only fields a log line may carry. A list of what is allowed rather than of what is secret:
 * a payload under a new name is dropped, not leaked. Ids, counts, durations and codes belong here;
 * what customers or strangers wrote does not.
 */
export const LOG_FIELDS = [
  // where
  'app',
  'component',
  'context',
  'phase',
  'host',
  'port',
  'address',
  'folder',
  'database',
  // which
  'request_id',
  'trace_id',
  'event_id',
  'event_type',
  'rule_id',
  'rule_version',
  'generation',
  'incident_id',
  'compensation_id',
  'message_id',
  'approval_id',
  'hold_id',
  'job_id',
  'limit_id',
  'budget_id',
  'template_id',
  'calendar_id',
  'key_id',
  'quarantine_id',
  'provider',
  'channel',
  'actor',
  'actor_kind',
  'role',
  // stream
  'source',
  'topic',
  'partition',
  'offset',
  'next_offset',
  'epoch',
  'group_id',
  'member_id',
  'shard',
  'lag_ms',
  'lag_messages',
  'clock',
  // how much, how long
  'count',
  'events',
  'incidents',
  'timers',
  'rows',
  'attempt',
  'attempts_max',
  'batch_size',
  'bytes',
  'duration_ms',
  'wait_ms',
  'timeout_ms',
  'age_ms',
  'at',
  'since',
  'until',
  // what came of it
  'state',
  'outcome',
  'reason',
  'code',
  'status',
  'method',
  'route',
  'signal',
  'exit_code',
  'pid',
  'version',
  'name',
  'enabled',
] as const;

export type LogField = (typeof LOG_FIELDS)[number];

export type LogValue = string | number | bigint | boolean | null | undefined;

/** What may accompany a message. An error goes under `err` and is reduced before it is written. */
export type LogContext = Readonly<
  Partial<Record<LogField, LogValue | readonly LogValue[]>> & { err?: unknown }
>;
