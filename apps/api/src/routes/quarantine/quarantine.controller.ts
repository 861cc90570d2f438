import { isUtf8 } from 'node:buffer';
import {
  Conditions,
  Database,
  entityTag,
  notFound,
  oneRow,
  QuarantineReplay,
  readPage,
  type ListSource,
} from '@amends/application';
import { Controller } from '@nestjs/common';
import { pageReply, pageRequest } from '../../http/cursor';
import { ok, type Reply } from '../../http/reply';
import type { CallOf } from '../../http/route';
import { Serve } from '../../http/serve';
import {
  discardQuarantined,
  getQuarantined,
  listQuarantine,
  replayQuarantined,
} from './quarantine.routes';

interface QuarantineListRow {
  readonly id: string;
  readonly state: string;
  readonly reason: string;
  readonly detail: string;
  readonly rule_id: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly event_source: string | null;
  readonly event_id: string | null;
  readonly event_type: string | null;
  readonly customer_id: string | null;
  readonly payload: Buffer;
  readonly created_at: Date;
  readonly resolved_at: Date | null;
  readonly resolved_by: string | null;
}

const LIST: ListSource = {
  select: `id, state, reason, detail, rule_id, topic, partition, "offset", event_source, event_id,
    event_type, customer_id, payload, created_at, resolved_at, resolved_by`,
  from: 'quarantine',
  sortBy: { expression: 'created_at', type: 'timestamptz' },
  tieBy: { expression: 'id', type: 'text' },
};

@Controller()
export class QuarantineController {
  constructor(
    private readonly database: Database,
    private readonly quarantine: QuarantineReplay,
  ) {}

  @Serve(listQuarantine)
  async list(call: CallOf<typeof listQuarantine>): Promise<Reply> {
    const { state, reason, rule, type, customer_id, topic, q, from, to } = call.query;
    const conditions = new Conditions()
      .anyOf('state', state)
      .anyOf('reason', reason)
      .anyOf('rule_id', rule)
      .anyOf('event_type', type)
      .anyOf('customer_id', customer_id)
      .anyOf('topic', topic)
      .startsWith('id', q)
      .within('created_at', from, to);
    const request = pageRequest(call);
    const page = await readPage<QuarantineListRow>(this.database, LIST, conditions, request);
    return pageReply(call, page, view);
  }

  @Serve(getQuarantined)
  async get(call: CallOf<typeof getQuarantined>): Promise<Reply> {
    return this.read(call.params.id);
  }

  @Serve(replayQuarantined)
  async replayOne(call: CallOf<typeof replayQuarantined>): Promise<Reply> {
    const { id } = call.params;
    await this.quarantine.replay(id, call);
    return { ...(await this.read(id)), status: 202 };
  }

  @Serve(discardQuarantined)
  async discardOne(call: CallOf<typeof discardQuarantined>): Promise<Reply> {
    const { id } = call.params;
    await this.quarantine.discard(id, call.body.reason ?? null, call);
    return this.read(id);
  }

  private async read(id: string): Promise<Reply> {
    const text = `select ${LIST.select} from ${LIST.from} where id = $1`;
    const row = await oneRow<QuarantineListRow>(this.database, text, [id]);
    if (row === undefined) throw notFound();
    return ok(view(row), entityTag('q1', [row.state, row.resolved_at]));
  }
}

function view(row: QuarantineListRow) {
  const isText = isUtf8(row.payload);
  return {
    id: row.id,
    state: row.state,
    reason: row.reason,
    detail: row.detail,
    rule: row.rule_id === '' ? null : row.rule_id,
    topic: row.topic,
    partition: row.partition,
    offset: String(row.offset),
    event: { source: row.event_source, id: row.event_id, type: row.event_type },
    customer_id: row.customer_id,
    payload: isText ? row.payload.toString('utf8') : null,
    payload_base64: isText ? null : row.payload.toString('base64'),
    created_at: row.created_at,
    resolved_at: row.resolved_at,
    resolved_by: row.resolved_by,
  };
}
