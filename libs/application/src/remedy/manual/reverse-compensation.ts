import type { Asked } from '../../access/actor';
import { notFound } from '../../access/refusal';
import { readSettings } from '../../settings/read-settings';
import { askToReverse } from '../approvals/ask-to-reverse';
import { needsTwo } from '../approvals/second-threshold';
import type { Remedy } from '../remedy';
import { lockCompensation } from '../store/compensation-rows';
import { requireRevision, type CompensationChanged } from './retry-compensation';
import { requireBalance, requireReversible, takeBack } from './take-back';

export interface ReverseInput {
  readonly id: string;
  readonly revision?: number | undefined;
  readonly reason: string;
}

export interface Reversal extends CompensationChanged {
  /** Who has to say yes first; null: nobody, it has been taken back. */
  readonly approvalId: string | null;
}

/**
 * Takes a credit back out of the wallet by an opposite posting, or voids a voucher; over the second
 * threshold once another person says yes. What a provider has sent cannot be taken back here.
 */
export class ReverseCompensation {
  constructor(private readonly remedy: Remedy) {}

  async execute(asked: Asked, { id, revision, reason }: ReverseInput): Promise<Reversal> {
    return this.remedy.database.transaction(async (sql) => {
      const compensation = await lockCompensation(sql, id);
      if (!compensation) throw notFound();
      requireRevision(compensation, revision);
      requireReversible(compensation);
      const { settings } = await readSettings(sql);
      if (needsTwo(settings, compensation.money)) {
        await requireBalance(sql, compensation);
        const approvalId = await askToReverse(sql, asked, compensation, reason);
        return { compensationId: id, state: compensation.state, approvalId };
      }
      await takeBack(sql, compensation, { asked, reason });
      return { compensationId: id, state: 'reversed', approvalId: null };
    });
  }
}
