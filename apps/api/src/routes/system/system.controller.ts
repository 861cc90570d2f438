import { HealthChecks } from '@amends/platform';
import type { Metrics } from '@amends/platform';
import { Controller } from '@nestjs/common';
import { bearerToken } from '../../http/access.guard';
import { problem } from '../../http/problem-error';
import type { Reply } from '../../http/reply';
import type { CallOf } from '../../http/route';
import { Serve } from '../../http/serve';
import { Drain } from './drain';
import { MetricsAccess } from './metrics-access';
import { MetricsSource } from './metrics-source';
import { PublishedDocuments, type PublishedDocument } from './published-documents';
import {
  getDocs,
  getLiveness,
  getMetrics,
  getOpenApi,
  getReadiness,
  getRuleSchema,
} from './system.routes';

@Controller()
export class SystemController {
  private readonly metrics: Metrics;

  constructor(
    private readonly health: HealthChecks,
    private readonly documents: PublishedDocuments,
    private readonly access: MetricsAccess,
    private readonly drain: Drain,
    source: MetricsSource,
  ) {
    this.metrics = source.metrics;
  }

  @Serve(getLiveness)
  async live(): Promise<Reply> {
    const health = await this.health.alive();
    return { status: health.status === 'down' ? 503 : 200, body: health };
  }

  @Serve(getReadiness)
  async ready(): Promise<Reply> {
    if (this.drain.isDraining) {
      const detail = 'the process is stopping';
      return {
        status: 503,
        body: { status: 'down', parts: { process: { status: 'down', detail } } },
      };
    }
    const health = await this.health.run();
    return { status: health.status === 'down' ? 503 : 200, body: health };
  }

  @Serve(getMetrics)
  async read(call: CallOf<typeof getMetrics>): Promise<Reply> {
    if (!this.access.allows(bearerToken(call.request))) throw problem('unauthorized');
    const { registry } = this.metrics;
    const content = await registry.metrics();
    return { status: 200, text: { content, type: registry.contentType } };
  }

  @Serve(getOpenApi)
  openApi(): Reply {
    return published(this.documents.openApi);
  }

  @Serve(getDocs)
  docs(): Reply {
    return published(this.documents.docs);
  }

  @Serve(getRuleSchema)
  ruleSchema(): Reply {
    return published(this.documents.ruleSchema);
  }
}

function published({ content, type, etag }: PublishedDocument): Reply {
  return { status: 200, text: { content, type }, etag };
}
