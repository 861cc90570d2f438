import {
  auditObject,
  Conditions,
  Database,
  linkText,
  readLinks,
  readPage,
  revealPersonal,
  SealAudit,
  VerifyAudit,
  type AuditLink,
} from '@amends/application';
import { Controller } from '@nestjs/common';
import { pageReply, pageRequest } from '../../http/cursor';
import { ok, type Reply } from '../../http/reply';
import type { CallOf } from '../../http/route';
import { Serve } from '../../http/serve';
import { listAudit, verifyAudit } from './audit.routes';

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
  readonly pseudonym: string | null;
  readonly personal: Buffer | null;
}

export const AUDIT_LIST = {
  select: `seq, at, actor_kind, actor_id, action, object, before, after, reason, request_id,
    pseudonym, personal`,
  from: 'audit',
  sortBy: { expression: 'seq', type: 'bigint' },
  tieBy: { expression: 'seq', type: 'bigint' },
} as const;

@Controller()
export class AuditController {
  constructor(
    private readonly database: Database,
    private readonly seal: SealAudit,
    private readonly verifyChain: VerifyAudit,
  ) {}

  @Serve(listAudit)
  async list(call: CallOf<typeof listAudit>): Promise<Reply> {
    const { object, actor, action, request_id, from, to } = call.query;
    // What was written a moment ago is shown with its link.
    await this.seal.execute();
    const objects = object && (await this.objectsOf(object));
    const conditions = new Conditions()
      .anyOf('object', objects)
      .anyOf('actor_id', actor)
      .anyOf('action', action)
      .anyOf('request_id', request_id)
      .within('at', from, to);
    const page = await readPage<AuditRow>(this.database, AUDIT_LIST, conditions, pageRequest(call));
    const rows = await revealPersonal(this.database, page.rows);
    const links = await readLinks(
      this.database,
      rows.map(({ seq }) => seq),
    );
    return pageReply(call, { ...page, rows }, (row) => entryView(row, links.get(row.seq)));
  }

  @Serve(verifyAudit)
  async verify(call: CallOf<typeof verifyAudit>): Promise<Reply> {
    await this.seal.execute();
    const verdict = await this.verifyChain.execute(call.query.anchor);
    const { faults, faultCount, checked, waiting, head, anchors } = verdict;
    return ok({
      valid: faultCount === 0,
      checked,
      waiting,
      head: head === undefined ? null : { seq: Number(head.seq), hash: linkText(head.hash) },
      anchors,
      fault_count: faultCount,
      faults: faults.map(({ seq, code, place }) => ({
        seq: Number(seq),
        code,
        ...(place === undefined ? {} : { place }),
      })),
    });
  }

  private objectsOf(objects: readonly string[]): Promise<string[]> {
    return Promise.all(objects.map((object) => auditObject(this.database, object)));
  }
}

function entryView(row: AuditRow, link: AuditLink | undefined) {
  return {
    seq: Number(row.seq),
    at: row.at,
    actor: { kind: row.actor_kind, id: row.actor_id },
    action: row.action,
    object: row.object,
    before: row.before,
    after: row.after,
    reason: row.reason,
    request_id: row.request_id,
    prev: link === undefined ? null : linkText(link.prev),
    hash: link === undefined ? null : linkText(link.hash),
  };
}
