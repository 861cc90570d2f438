import { Conditions, Database, readPage } from '@amends/application';
import { Controller } from '@nestjs/common';
import { pageReply, pageRequest } from '../../http/cursor';
import type { Reply } from '../../http/reply';
import type { CallOf } from '../../http/route';
import { Serve } from '../../http/serve';
import { listAudit } from './audit.routes';

interface AuditRow {
  readonly seq: bigint;
  readonly at: Date;
  readonly actor_kind: string;
  readonly actor_id: string;
  readonly action: string;
  readonly object: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly reason: string | null;
  readonly request_id: string | null;
}

export const AUDIT_LIST = {
  select: 'seq, at, actor_kind, actor_id, action, object, before, after, reason, request_id',
  from: 'audit',
  sortBy: { expression: 'seq', type: 'bigint' },
  tieBy: { expression: 'seq', type: 'bigint' },
} as const;

@Controller()
export class AuditController {
  constructor(private readonly database: Database) {}

  @Serve(listAudit)
  async list(call: CallOf<typeof listAudit>): Promise<Reply> {
    const { object, actor, action, request_id, from, to } = call.query;
    const conditions = new Conditions()
      .anyOf('object', object)
      .anyOf('actor_id', actor)
      .anyOf('action', action)
      .anyOf('request_id', request_id)
      .within('at', from, to);
    const page = await readPage<AuditRow>(this.database, AUDIT_LIST, conditions, pageRequest(call));
    return pageReply(call, page, ({ seq, actor_kind, actor_id, ...row }) => ({
      seq: Number(seq),
      at: row.at,
      actor: { kind: actor_kind, id: actor_id },
      action: row.action,
      object: row.object,
      before: row.before,
      after: row.after,
      reason: row.reason,
      request_id: row.request_id,
    }));
  }
}
