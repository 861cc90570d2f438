import type { Remedy } from '../remedy';
import { REMEDY } from '../store/audit-rows';
import { changeCompensation, lockCompensation } from '../store/compensation-rows';
import { writeCapture } from './judge-payment';
import type { CapturedPayment, PayoutProvider } from './payout-provider';
import { waitAfterMs } from './retry-policy';
import { failSent } from './settle-sent';

/**
 * Asks what a payment has captured, before the first refund of it. A payment that nobody knows ends
 * the refund; one that cannot be read puts it off. Returns whether it can go on.
 */
export async function learnCapture(
  { database, observer }: Remedy,
  provider: PayoutProvider,
  compensationId: string,
  payment: string,
): Promise<boolean> {
  const captured = await provider
    .readPayment(payment)
    .catch((): CapturedPayment => ({ kind: 'unknown', reason: 'no answer' }));
  return database.transaction(async (sql) => {
    if (captured.kind === 'captured') {
      await writeCapture(sql, provider.name, payment, captured);
      return true;
    }
    const compensation = await lockCompensation(sql, compensationId);
    if (compensation?.state !== 'reserved') return false;
    if (captured.kind === 'not_found') {
      await failSent(sql, compensation, REMEDY, 'payment_not_found: the provider does not know it');
      observer.alarm('a refund names a payment that its provider does not know', {
        compensationId,
      });
    } else {
      const stamps = { nextAttemptInMs: waitAfterMs(2) };
      await changeCompensation(sql, compensationId, { state: 'reserved' }, stamps);
      observer.warn('what a payment has captured could not be read', { compensationId });
    }
    return false;
  });
}
