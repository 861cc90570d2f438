import type { Sql } from '../../queries/sql';
import type { Compensation } from '../model/compensation';
import type { Remedy } from '../remedy';
import { insertAudit, REMEDY } from '../store/audit-rows';
import { changeCompensation, lockCompensation } from '../store/compensation-rows';
import { endAttempt, isRefTaken, latestAttempt, noteAsk, type Attempt } from './attempt-rows';
import { failAccepted } from './fail-accepted';
import type { PayoutAnswer, PayoutInquiry } from './payout-provider';
import { askPerson } from './prepare-payout';
import { IN_FLIGHT_MS } from './plan-payout';
import {
  ASKS_BEFORE_PERSON,
  isInWindow,
  NOT_FOUND_AGAIN_MS,
  PASSING_REASONS_MAX,
  pendingWaitMs,
  waitAfterMs,
} from './retry-policy';
import { failSent, settleSent } from './settle-sent';

export type Recorded = 'settled' | 'pending' | 'waiting' | 'failed' | 'unknown' | 'overtaken';

/** Writes down what a provider answered to an attempt, under the compensation's lock. */
export async function recordAnswer(
  sql: Sql,
  remedy: Remedy,
  attempt: Attempt,
  answer: PayoutAnswer | PayoutInquiry,
): Promise<Recorded> {
  const compensation = await lockCompensation(sql, attempt.compensationId);
  const latest = await latestAttempt(sql, attempt.compensationId);
  const isOpen = compensation?.state === 'sending' || compensation?.state === 'unknown';
  if (!compensation || latest?.id !== attempt.id) return 'overtaken';
  // Two sendings of one key crossed: the one said pending, the other knows that it failed.
  if (compensation.state === 'settled' && latest.isPending && answer.kind === 'rejected') {
    const failureProof = `${answer.code}: ${answer.proof}`;
    await endAttempt(sql, attempt.id, { state: 'failed', failureProof });
    await failAccepted(sql, remedy, compensation, failureProof);
    return 'failed';
  }
  if (!isOpen) return 'overtaken';

  if (answer.kind === 'accepted') return accept(sql, remedy, compensation, attempt, answer);
  // Another has sent the same key since: what this answer says is not the last word.
  if (latest.sends !== attempt.sends) return 'overtaken';

  const proof = proofOfFailure(answer, latest);
  if (answer.kind === 'rejected' || proof !== undefined) {
    const failureProof = proof ?? 'rejected';
    await endAttempt(sql, attempt.id, { state: 'failed', failureProof });
    const passes = answer.kind === 'rejected' ? answer.passes : undefined;
    if (passes !== undefined && attempt.number < PASSING_REASONS_MAX) {
      await waitForReason(sql, remedy, compensation, attempt, failureProof);
      return 'waiting';
    }
    await failSent(sql, compensation, REMEDY, failureProof);
    return 'failed';
  }
  await noteUnknown(sql, remedy, latest, answer);
  return 'unknown';
}

async function accept(
  sql: Sql,
  remedy: Remedy,
  compensation: Compensation,
  attempt: Attempt,
  { providerRef: ref, arrives, isPending }: Extract<PayoutAnswer, { kind: 'accepted' }>,
): Promise<Recorded> {
  const providerRef = await ownRef(sql, remedy, attempt, ref);
  await endAttempt(sql, attempt.id, { state: 'succeeded', providerRef, isPending });
  const canAsk = remedy.providers.named(attempt.provider)?.capabilities.canQuery ?? false;
  if (isPending && canAsk) await noteAsk(sql, attempt.id, pendingWaitMs(0));
  await settleSent(sql, remedy, compensation, { providerRef, arrives }, REMEDY);
  return isPending ? 'pending' : 'settled';
}

/** Nothing has moved, and it may the next time: it stays set aside, and goes out under a new key. */
async function waitForReason(
  sql: Sql,
  remedy: Remedy,
  { id }: Compensation,
  { number, provider }: Attempt,
  reason: string,
): Promise<void> {
  const spacingMs = remedy.providers.named(provider)?.capabilities.spacingMs ?? 0;
  const nextAttemptInMs = Math.max(waitAfterMs(number + 1), spacingMs);
  await changeCompensation(sql, id, { state: 'reserved' }, { nextAttemptInMs });
  await insertAudit(sql, [
    { author: REMEDY, action: 'compensation.wait', object: `compensation:${id}`, reason },
  ]);
}

/** Undefined where nobody can tell. A key that nobody knows is none only when said twice. */
function proofOfFailure(
  answer: PayoutAnswer | PayoutInquiry,
  { notFoundAgeMs }: Attempt,
): string | undefined {
  if (answer.kind === 'rejected') return `${answer.code}: ${answer.proof}`;
  const isSaidAgain = notFoundAgeMs !== null && notFoundAgeMs >= NOT_FOUND_AGAIN_MS;
  return answer.kind === 'not_found' && isSaidAgain ? 'not found, twice' : undefined;
}

async function noteUnknown(
  sql: Sql,
  remedy: Remedy,
  attempt: Attempt,
  answer: Extract<PayoutAnswer | PayoutInquiry, { kind: 'unknown' | 'not_found' }>,
): Promise<void> {
  const { compensationId: id, sends } = attempt;
  const isNotFound = answer.kind === 'not_found';
  const lastError = isNotFound ? 'not found' : answer.reason;
  await endAttempt(sql, attempt.id, { state: 'unknown', lastError, isNotFound });
  const provider = remedy.providers.named(attempt.provider);
  const isInTime = provider !== undefined && isInWindow(provider.capabilities, attempt.ageMs);
  if (provider && !isInTime && !isNotFound && attempt.asks >= ASKS_BEFORE_PERSON) {
    const compensation = await lockCompensation(sql, id);
    if (compensation) await askPerson(sql, compensation, attempt);
    remedy.observer.alarm('the outcome of a payout cannot be found out', { compensationId: id });
    return;
  }
  const retryAfterMs =
    answer.kind === 'unknown' && 'retryAfterMs' in answer ? answer.retryAfterMs : 0;
  const waitMs = isNotFound
    ? notFoundWaitMs(isInTime)
    : waitAfterMs(Math.max(sends, attempt.asks), retryAfterMs);
  const leastMs = provider?.capabilities.replayKind === 'only-success' ? IN_FLIGHT_MS : 0;
  await changeCompensation(
    sql,
    id,
    { state: 'unknown' },
    { nextAttemptInMs: Math.max(waitMs, leastMs) },
  );
  await insertAudit(sql, [
    {
      author: REMEDY,
      action: 'compensation.unknown',
      object: `compensation:${id}`,
      reason: lastError,
    },
  ]);
}

/** Inside the window it is simply sent again; after it, asked again once the pause is over. */
function notFoundWaitMs(isSentAgain: boolean): number {
  return isSentAgain ? waitAfterMs(1) : NOT_FOUND_AGAIN_MS;
}

async function ownRef(
  sql: Sql,
  remedy: Remedy,
  attempt: Attempt,
  ref: string | null,
): Promise<string | null> {
  if (ref === null) return null;
  if (!(await isRefTaken(sql, attempt.provider, ref, attempt.id))) return ref;
  remedy.observer.warn('a provider gave the same reference twice', {
    compensationId: attempt.compensationId,
  });
  return null;
}
