import { TakePayoutHook } from '@amends/application';
import { Controller } from '@nestjs/common';
import { problem } from '../../http/problem-error';
import type { Reply } from '../../http/reply';
import type { CallOf } from '../../http/route';
import { Serve } from '../../http/serve';
import { takePayoutHook } from './payout-hooks.routes';

@Controller()
export class PayoutHooksController {
  constructor(private readonly hooks: TakePayoutHook) {}

  @Serve(takePayoutHook)
  async take(call: CallOf<typeof takePayoutHook>): Promise<Reply> {
    const headers = Object.fromEntries(
      Object.entries(call.request.headers).map(([name, value]) => [name, value?.toString()]),
    );
    const { bytes, params } = call;
    const taken = await this.hooks.execute(params.provider, { bytes, headers });
    if (taken === 'no_such_provider') throw problem('not_found');
    if (taken === 'not_signed') {
      throw problem('unauthorized', { detail: 'The signature is missing, wrong or too old.' });
    }
    return { status: 204 };
  }
}
