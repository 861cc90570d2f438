import type { Asked } from '../../access/actor';
import { invalidField } from '../../access/refusal';
import { newId } from '../../ids/ids';
import type { Remedy } from '../remedy';
import { askedAuthor, insertAudit } from '../store/audit-rows';
import { activateHold } from './activate-holds';
import { closeGate } from './hold-gate';
import type { HoldScope } from './open-holds';

export interface CreateHoldInput {
  readonly scope: HoldScope;
  readonly payments: boolean;
  readonly messages: boolean;
  readonly reason: string;
  /** When it ends by itself, as if released with `pay`; null: never. */
  readonly untilMs: number | null;
}

export interface HoldCreated {
  readonly holdId: string;
  /** `activating`: something sent before it may still arrive. */
  readonly state: 'activating' | 'active';
  readonly effectiveAt: Date | null;
}

const PATIENCE_MS = 2_000;
const LOOK_AGAIN_MS = 50;

/**
 * Stops payouts and messages. When it answers `active`, nothing new leaves: what is paid in the
 * database waits for the hold or is over, and every earlier sending has ended (guarantee 4).
 */
export class CreateHold {
  constructor(private readonly remedy: Remedy) {}

  async execute(asked: Asked, input: CreateHoldInput): Promise<HoldCreated> {
    if (!input.payments && !input.messages) throw nothingStopped();
    const { database } = this.remedy;
    const holdId = newId('hold', Date.now());
    await database.transaction(async (sql) => {
      await closeGate(sql);
      await sql.query(
        `insert into hold (id, scope, payments, messages, reason, state, until, created_by)
         values ($1, $2, $3, $4, $5, 'activating', $6, $7)`,
        [
          holdId,
          JSON.stringify(input.scope),
          input.payments,
          input.messages,
          input.reason,
          input.untilMs === null ? null : new Date(input.untilMs),
          asked.actor.id,
        ],
      );
      const { scope, payments, messages, reason } = input;
      await insertAudit(sql, [
        {
          author: askedAuthor(asked),
          action: 'hold.create',
          object: `hold:${holdId}`,
          customerId: scope.customer,
          after: { scope, payments, messages },
          reason,
        },
      ]);
    });
    const deadlineMs = performance.now() + PATIENCE_MS;
    for (;;) {
      const effectiveAt = await activateHold(database, holdId);
      if (effectiveAt) return { holdId, state: 'active', effectiveAt };
      if (performance.now() >= deadlineMs) {
        return { holdId, state: 'activating', effectiveAt: null };
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    }
  }
}

function nothingStopped() {
  return invalidField('/what', 'required', {
    en: 'a hold stops payments, messages, or both',
    zh: '冻结必须至少包含付款或消息之一',
  });
}
