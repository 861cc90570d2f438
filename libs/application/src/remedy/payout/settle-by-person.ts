import type { Sql } from '../../queries/sql';
import type { Compensation } from '../model/compensation';
import type { Remedy } from '../remedy';
import type { Author } from '../store/audit-rows';
import { endAttempt, latestAttempt } from './attempt-rows';
import { failSent, settleSent } from './settle-sent';

/** A person has found out, outside, that a payout of unknown outcome has moved. */
export async function settleByPerson(
  sql: Sql,
  remedy: Remedy,
  compensation: Compensation,
  author: Author,
): Promise<void> {
  const attempt = await latestAttempt(sql, compensation.id);
  if (attempt) await endAttempt(sql, attempt.id, { state: 'succeeded' });
  await settleSent(sql, remedy, compensation, { providerRef: null, arrives: null }, author);
}

/** A person has found out, outside, that it has not moved, and vouches for it. */
export async function failByPerson(
  sql: Sql,
  compensation: Compensation,
  author: Author,
  note: string,
): Promise<void> {
  const attempt = await latestAttempt(sql, compensation.id);
  if (attempt) {
    const failureProof = `${author.id}: ${note}`;
    await endAttempt(sql, attempt.id, { state: 'failed', failureProof });
  }
  await failSent(sql, compensation, author, note);
}
