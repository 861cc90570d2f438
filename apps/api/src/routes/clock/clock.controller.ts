import { AdvanceClock, Database, writeAudit } from '@amends/application';
import { Controller } from '@nestjs/common';
import { problem } from '../../http/problem-error';
import { ok, type Reply } from '../../http/reply';
import type { CallOf } from '../../http/route';
import { Serve } from '../../http/serve';
import { ServiceClock } from '../shared/service-clock';
import { advanceClock } from './clock.routes';

@Controller()
export class ClockController {
  constructor(
    private readonly database: Database,
    private readonly clock: ServiceClock,
    private readonly advance: AdvanceClock,
  ) {}

  @Serve(advanceClock)
  async move(call: CallOf<typeof advanceClock>): Promise<Reply> {
    if (!this.clock.isStream) throw problem('wrong_clock');
    const clockMs = await this.advance.execute(call.body.advance_to);
    const after = { advance_to: new Date(call.body.advance_to) };
    await writeAudit(this.database, call, { action: 'clock.advance', object: 'clock', after });
    return ok({ clock: new Date(clockMs) });
  }
}
