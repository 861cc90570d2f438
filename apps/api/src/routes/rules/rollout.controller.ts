import {
  Database,
  notFound,
  readRollout,
  readRule,
  RolloutExpectation,
  rolloutStem,
  SetRollout,
  type ExpectedPerDay,
  type Rollout,
} from '@amends/application';
import { moneyToJson } from '@amends/domain';
import { Controller } from '@nestjs/common';
import { ok, type Reply } from '../../http/reply';
import type { CallOf } from '../../http/route';
import { Serve } from '../../http/serve';
import { getRollout, putRollout } from './rollout.routes';

/** Of the customers, when nobody says how many. */
const EVERYONE_PERCENT = 100;

@Controller()
export class RolloutController {
  constructor(
    private readonly database: Database,
    private readonly setRollout: SetRollout,
    private readonly expectation: RolloutExpectation,
  ) {}

  @Serve(getRollout)
  async get(call: CallOf<typeof getRollout>): Promise<Reply> {
    const { id } = call.params;
    if ((await readRule(this.database, id)) === undefined) throw notFound();
    const rollout = await readRollout(this.database, id);
    return reply(rollout, await this.expectation.find(id, rollout.live));
  }

  @Serve(putRollout)
  async put(call: CallOf<typeof putRollout>): Promise<Reply> {
    const { live, shadow, guardrails, note, override_reason: override } = call.body;
    const input = {
      live: live ? { version: live.version, percent: live.percent ?? EVERYONE_PERCENT } : null,
      shadow: shadow ?? null,
      guardrails: guardrails ?? null,
      note: note ?? null,
      overrideReason: override ?? null,
    };
    const { id } = call.params;
    const rollout = await this.setRollout.execute(id, input, call.precondition, call);
    return reply(rollout, await this.expectation.play(id, rollout.live));
  }
}

function reply(rollout: Rollout, expected: ExpectedPerDay | null): Reply {
  const { revision, live, shadow, guardrails, note, updatedBy, updatedAt } = rollout;
  const body = {
    live,
    shadow,
    guardrails,
    note,
    updated_by: updatedBy,
    updated_at: updatedAt,
    expected_per_day: expected && {
      customers: expected.customers,
      money: expected.money.map(moneyToJson),
    },
  };
  return ok(body, rolloutStem(revision));
}
