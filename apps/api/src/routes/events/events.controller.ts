import { Database, History, readEventHistory } from '@amends/application';
import { Controller } from '@nestjs/common';
import { pageReply, pageRequest } from '../../http/cursor';
import type { Reply } from '../../http/reply';
import type { CallOf } from '../../http/route';
import { Serve } from '../../http/serve';
import { ServiceClock } from '../shared/service-clock';
import { listEvents, postEvents } from './events.routes';
import { Ingest } from './ingest';

@Controller()
export class EventsController {
  constructor(
    private readonly database: Database,
    private readonly history: History,
    private readonly ingest: Ingest,
    private readonly clock: ServiceClock,
  ) {}

  @Serve(postEvents)
  async post(call: CallOf<typeof postEvents>): Promise<Reply> {
    const isHistory = call.query.mode === 'history';
    const verdict = await this.ingest.execute({
      mediaType: call.mediaType,
      headers: call.request.headers,
      bytes: call.bytes,
      isHistory,
      language: call.language,
      nowMs: isHistory || this.clock.isStream ? null : call.nowMs,
    });
    return { status: 202, body: verdict };
  }

  @Serve(listEvents)
  async list(call: CallOf<typeof listEvents>): Promise<Reply> {
    const { type, subject, customer_id, source, q, from, to } = call.query;
    const filter = {
      types: type,
      subjects: subject,
      customerIds: customer_id,
      sources: source,
      idPrefix: q,
      fromMs: from,
      toMs: to,
    };
    const page = await readEventHistory(this.database, this.history, filter, pageRequest(call));
    return pageReply(call, page, ({ body }) => JSON.parse(body) as unknown);
  }
}
