import {
  Approve,
  compensationView,
  Conditions,
  Database,
  entityTag,
  notFound,
  oneRow,
  readPage,
  Reject,
  type CompensationState,
  type ListSource,
} from '@amends/application';
import { Controller } from '@nestjs/common';
import { pageReply, pageRequest } from '../../http/cursor';
import { ok, type Reply } from '../../http/reply';
import type { CallOf } from '../../http/route';
import { Serve } from '../../http/serve';
import { addLabelConditions } from '../shared/label-conditions';
import { moneyView } from '../shared/money-view';
import { requiredRevisionOf, revisionOf } from '../shared/revision-of';
import { approve, getApproval, listApprovals, reject } from './approvals.routes';

interface ApprovalRow {
  readonly id: string;
  readonly compensation_id: string;
  readonly incident_id: string | null;
  readonly state: string;
  readonly reason: string;
  readonly amount_minor: bigint;
  readonly currency: string;
  readonly requested_by: string;
  readonly requested_at: Date;
  readonly decided_by: string | null;
  readonly decided_at: Date | null;
  readonly note: string | null;
  readonly revision: number;
  readonly customer_id: string;
  readonly rule_id: string | null;
  readonly rule_version: number | null;
  readonly kind: string;
  readonly compensation_state: CompensationState;
}

const LIST: ListSource = {
  select: `a.id, a.compensation_id, a.incident_id, a.state, a.reason, a.amount_minor, a.currency,
    a.requested_by, a.requested_at, a.decided_by, a.decided_at, a.note, a.revision, c.customer_id,
    c.rule_id, c.rule_version, c.kind, c.state as compensation_state`,
  from: 'approval a join compensation c on c.id = a.compensation_id',
  sortBy: { expression: 'a.requested_at', type: 'timestamptz' },
  tieBy: { expression: 'a.id', type: 'text' },
};

@Controller()
export class ApprovalsController {
  constructor(
    private readonly database: Database,
    private readonly approveCompensation: Approve,
    private readonly rejectCompensation: Reject,
  ) {}

  @Serve(listApprovals)
  async list(call: CallOf<typeof listApprovals>): Promise<Reply> {
    const { state, rule, customer_id, compensation_id, incident_id, q } = call.query;
    const conditions = new Conditions()
      .anyOf('a.state', state)
      .anyOf('c.rule_id', rule)
      .anyOf('c.customer_id', customer_id)
      .anyOf('a.compensation_id', compensation_id)
      .anyOf('a.incident_id', incident_id)
      .startsWith('a.id', q);
    addLabelConditions(conditions, call.labels, {
      ruleId: 'c.rule_id',
      version: 'c.rule_version',
    });
    const page = await readPage<ApprovalRow>(this.database, LIST, conditions, pageRequest(call));
    return pageReply(call, page, view);
  }

  @Serve(getApproval)
  async get(call: CallOf<typeof getApproval>): Promise<Reply> {
    return this.read(call.params.id);
  }

  @Serve(approve)
  async approve(call: CallOf<typeof approve>): Promise<Reply> {
    const { id } = call.params;
    await this.approveCompensation.execute(call, {
      id,
      revision: requiredRevisionOf(call.precondition, 'a'),
      money: call.body.amount ?? undefined,
      note: call.body.note ?? undefined,
    });
    return this.read(id);
  }

  @Serve(reject)
  async reject(call: CallOf<typeof reject>): Promise<Reply> {
    const { id } = call.params;
    const revision = revisionOf(call.precondition, 'a');
    await this.rejectCompensation.execute(call, { id, revision, note: call.body.note });
    return this.read(id);
  }

  private async read(id: string): Promise<Reply> {
    const row = await oneRow<ApprovalRow>(
      this.database,
      `select ${LIST.select} from ${LIST.from} where a.id = $1`,
      [id],
    );
    if (row === undefined) throw notFound();
    const body = view(row);
    return ok(body, entityTag(`a${String(row.revision)}`, body.compensation));
  }
}

function view(row: ApprovalRow) {
  return {
    id: row.id,
    state: row.state,
    reason: row.reason,
    amount: moneyView(row.amount_minor, row.currency),
    customer_id: row.customer_id,
    compensation_id: row.compensation_id,
    compensation: {
      id: row.compensation_id,
      as: row.kind,
      state: compensationView(row.compensation_state),
    },
    incident_id: row.incident_id,
    rule:
      row.rule_id === null || row.rule_version === null
        ? null
        : { id: row.rule_id, version: row.rule_version },
    requested_by: row.requested_by,
    requested_at: row.requested_at,
    decided_by: row.decided_by,
    decided_at: row.decided_at,
    note: row.note,
  };
}
