import type { Sql } from '../../queries/sql';
import type { Compensation } from '../model/compensation';
import type { Remedy } from '../remedy';
import { insertAudit, REMEDY } from '../store/audit-rows';
import { changeCompensation, lockCompensation } from '../store/compensation-rows';
import { endAttempt, isRefTaken, latestAttempt, noteAsk, type Attempt } from './attempt-rows';
import { failAccepted } from './fail-accepted';
import type { PayoutAnswer, PayoutInquiry } from './payout-provider';
import { askPerson } from './prepare-payout';
import { isInWindow, NOT_FOUND_AGAIN_MS, pendingWaitMs, waitAfterMs } from './retry-policy';
import { failSent, settleSent } from './settle-sent';

export type Recorded = 'settled' | 'pending' | 'failed' | 'unknown' | 'overtaken';

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
  const canAsk = remedy.providers.named(attempt.provider)?.canQuery ?? false;
  if (isPending && canAsk) await noteAsk(sql, attempt.id, pendingWaitMs(0));
  await settleSent(sql, remedy, compensation, { providerRef, arrives }, REMEDY);
  return isPending ? 'pending' : 'settled';
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
  if (provider && !isInWindow(provider, attempt.ageMs) && !isNotFound) {
    const compensation = await lockCompensation(sql, id);
    if (compensation) await askPerson(sql, compensation, attempt);
    remedy.observer.alarm('the outcome of a payout cannot be found out', { compensationId: id });
    return;
  }
  const retryAfterMs =
    answer.kind === 'unknown' && 'retryAfterMs' in answer ? answer.retryAfterMs : 0;
  const waitMs = isNotFound
    ? notFoundWaitMs(provider !== undefined && isInWindow(provider, attempt.ageMs))
    : waitAfterMs(sends, retryAfterMs);
  await changeCompensation(sql, id, { state: 'unknown' }, { nextAttemptInMs: waitMs });
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
