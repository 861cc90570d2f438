import {
  Database,
  notFound,
  readRollout,
  readRule,
  rolloutStem,
  SetRollout,
  type Rollout,
} from '@amends/application';
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
  ) {}

  @Serve(getRollout)
  async get(call: CallOf<typeof getRollout>): Promise<Reply> {
    const { id } = call.params;
    if ((await readRule(this.database, id)) === undefined) throw notFound();
    return reply(await readRollout(this.database, id));
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
    return reply(await this.setRollout.execute(call.params.id, input, call.precondition, call));
  }
}

function reply({ revision, live, shadow, guardrails, note, updatedBy, updatedAt }: Rollout): Reply {
  const body = {
    live,
    shadow,
    guardrails,
    note,
    updated_by: updatedBy,
    updated_at: updatedAt,
    expected_per_day: null,
  };
  return ok(body, rolloutStem(revision));
}
