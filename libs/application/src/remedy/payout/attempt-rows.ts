import { createHash } from 'node:crypto';
import { derivedId } from '../../ids/ids';
import type { Sql } from '../../queries/sql';
import type { Compensation } from '../model/compensation';
import { KEY_LENGTH_MIN, type PayoutProvider } from './payout-provider';

export type AttemptState = 'created' | 'sent' | 'unknown' | 'succeeded' | 'failed';

/** One try to pay a compensation: the same key however often it is sent. */
export interface Attempt {
  readonly id: string;
  readonly compensationId: string;
  readonly number: number;
  readonly provider: string;
  readonly key: string;
  readonly state: AttemptState;
  /** How often it was sent. */
  readonly sends: number;
  /** Since it was first sent, by the database's clock. */
  readonly ageMs: number;
  /** Since it was last sent. */
  readonly sinceSentMs: number;
  /** How often the provider was asked since it was last sent. */
  readonly asks: number;
  /** The provider let us know by webhook that something has become of it. */
  readonly isHinted: boolean;
  /** Since the provider first said that it knows no such key; null: it never did. */
  readonly notFoundAgeMs: number | null;
  /** Accepted, and not through yet: it can still fail. */
  readonly isPending: boolean;
  /** The provider's own name for it, where it has told. */
  readonly providerRef: string | null;
}

interface Row {
  id: string;
  compensation_id: string;
  attempt_no: number;
  provider: string;
  idem_key: string;
  state: AttemptState;
  sends: number;
  age_ms: number | null;
  not_found_age_ms: number | null;
  since_sent_ms: number | null;
  asks: number;
  hinted: boolean;
  pending: boolean;
  provider_ref: string | null;
}

const COLUMNS = `id, compensation_id, attempt_no, provider, idem_key, state, sends, pending,
  provider_ref, asks, hinted_at is not null as hinted,
  (extract(epoch from clock_timestamp() - last_sent_at) * 1000)::float8 as since_sent_ms,
  (extract(epoch from clock_timestamp() - first_sent_at) * 1000)::float8 as age_ms,
  (extract(epoch from clock_timestamp() - not_found_at) * 1000)::float8 as not_found_age_ms`;

/** The latest attempt of a compensation that the caller has locked. */
export async function latestAttempt(
  sql: Sql,
  compensationId: string,
): Promise<Attempt | undefined> {
  const { rows } = await sql.query<Row>(
    `select ${COLUMNS} from payment_attempt where compensation_id = $1
     order by attempt_no desc limit 1`,
    [compensationId],
  );
  return rows[0] && toAttempt(rows[0]);
}

export interface NewAttempt {
  readonly number: number;
  readonly leaseMs: number;
  /** It counts in a ceiling of today. */
  readonly isCounted: boolean;
}

/**
 * Writes the attempt before its first byte leaves. The key is derived, so whoever does it again
 * after a crash makes the same one, and the unique index tells.
 */
export async function insertAttempt(
  sql: Sql,
  compensation: Compensation,
  provider: PayoutProvider,
  { number, leaseMs, isCounted }: NewAttempt,
): Promise<Attempt> {
  const key = attemptKey(compensation.id, number, provider.capabilities.maxKeyLength);
  const id = derivedId('att', compensation.incidentAtMs, key);
  await sql.query(
    `insert into payment_attempt (id, compensation_id, attempt_no, provider, idem_key, request_hash,
       amount_minor, currency, state, first_sent_at, last_sent_at, sends, key_window,
       send_lease_until, counted_on)
     values ($1, $2, $3, $4, $5, $6, $7, $8, 'sent', clock_timestamp(), clock_timestamp(), 1,
       $9::float8 * interval '1 ms', clock_timestamp() + $10::float8 * interval '1 ms',
       case when $11 then (clock_timestamp() at time zone 'UTC')::date end)`,
    [
      id,
      compensation.id,
      number,
      provider.name,
      key,
      requestHash(compensation),
      compensation.money.minor,
      compensation.money.currency,
      provider.capabilities.keyWindowMs,
      leaseMs,
      isCounted,
    ],
  );
  return {
    id,
    compensationId: compensation.id,
    number,
    provider: provider.name,
    key,
    state: 'sent',
    sends: 1,
    ageMs: 0,
    sinceSentMs: 0,
    asks: 0,
    isHinted: false,
    notFoundAgeMs: null,
    isPending: false,
    providerRef: null,
  };
}

/** Notes, before the first byte leaves, that the same key is sent again. */
export async function noteResend(sql: Sql, attempt: Attempt, leaseMs: number): Promise<Attempt> {
  await sql.query(
    `update payment_attempt set state = 'sent', sends = sends + 1, last_sent_at = clock_timestamp(),
       asks = 0, not_found_at = null,
       send_lease_until = clock_timestamp() + $2::float8 * interval '1 ms'
     where id = $1`,
    [attempt.id, leaseMs],
  );
  const since = { sends: attempt.sends + 1, sinceSentMs: 0, asks: 0, notFoundAgeMs: null };
  return { ...attempt, ...since, state: 'sent' };
}

/** Notes that the provider is being asked: what it let us know by webhook is looked after with that. */
export async function noteQuery(sql: Sql, attempt: Attempt): Promise<Attempt> {
  await sql.query('update payment_attempt set asks = asks + 1, hinted_at = null where id = $1', [
    attempt.id,
  ]);
  return { ...attempt, asks: attempt.asks + 1, isHinted: false };
}

export interface AttemptEnd {
  readonly state: 'succeeded' | 'failed' | 'unknown';
  readonly providerRef?: string | null;
  readonly failureProof?: string;
  readonly lastError?: string;
  /** The provider answered that it knows no such key. */
  readonly isNotFound?: boolean;
  /** Accepted, and not through yet. */
  readonly isPending?: boolean;
}

export async function endAttempt(sql: Sql, id: string, end: AttemptEnd): Promise<void> {
  await sql.query(
    `update payment_attempt set state = $2, send_lease_until = null,
       provider_ref = coalesce($3, provider_ref), failure_proof = coalesce($4, failure_proof),
       last_error = coalesce($5, last_error),
       not_found_at = case when $6 then coalesce(not_found_at, clock_timestamp()) end,
       pending = $7, ask_at = null
     where id = $1`,
    [
      id,
      end.state,
      end.providerRef ?? null,
      end.failureProof ?? null,
      end.lastError ?? null,
      end.isNotFound ?? false,
      end.isPending ?? false,
    ],
  );
}

/** When the provider is asked after a pending payout (again), from now on; null: never. */
export async function noteAsk(sql: Sql, id: string, waitMs: number | null): Promise<void> {
  await sql.query(
    `update payment_attempt set ask_at = clock_timestamp() + $2::float8 * interval '1 ms'
     where id = $1`,
    [id, waitMs],
  );
}

/** What was through is not: it can still turn out to have failed. */
export async function notePending(sql: Sql, id: string): Promise<void> {
  await sql.query('update payment_attempt set pending = true where id = $1', [id]);
}

/** A reference that another attempt has is none: some providers answer all alike. */
export async function isRefTaken(sql: Sql, provider: string, ref: string, id: string) {
  // Two that are answered alike at once take turns, or both would find it free.
  await sql.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [
    `reference:${provider}:${ref}`,
  ]);
  const { rows } = await sql.query(
    'select 1 from payment_attempt where provider = $1 and provider_ref = $2 and id <> $3',
    [provider, ref, id],
  );
  return rows.length > 0;
}

/**
 * `cmp_…_1`: some 32 characters of `[A-Za-z0-9_-]`, which most providers take; for the others as many
 * digits of its hash as they do.
 */
export function attemptKey(compensationId: string, number: number, lengthMax: number): string {
  const key = `${compensationId}_${String(number)}`;
  if (key.length <= lengthMax) return key;
  if (lengthMax < KEY_LENGTH_MIN) throw new Error(`a key of ${String(lengthMax)} is too short`);
  return createHash('sha256').update(key).digest('base64url').slice(0, lengthMax);
}

function requestHash({ kind, money, payment, customerId }: Compensation): string {
  const content = [kind, money.minor.toString(), money.currency, payment, customerId];
  return `sha256:${createHash('sha256').update(JSON.stringify(content)).digest('hex')}`;
}

function toAttempt(row: Row): Attempt {
  return {
    id: row.id,
    compensationId: row.compensation_id,
    number: row.attempt_no,
    provider: row.provider,
    key: row.idem_key,
    state: row.state,
    sends: row.sends,
    ageMs: row.age_ms ?? 0,
    sinceSentMs: row.since_sent_ms ?? 0,
    asks: row.asks,
    isHinted: row.hinted,
    notFoundAgeMs: row.not_found_age_ms,
    isPending: row.pending,
    providerRef: row.provider_ref,
  };
}
