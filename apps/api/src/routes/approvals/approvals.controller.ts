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
import { withCurrentTag } from '../../http/with-current-tag';
import { addLabelConditions } from '../shared/label-conditions';
import { moneyViewOrNull } from '../shared/money-view';
import { requiredRevisionOf, revisionOf } from '../shared/revision-of';
import { approve, getApproval, listApprovals, reject } from './approvals.routes';

interface ApprovalRow {
  readonly id: string;
  readonly compensation_id: string | null;
  readonly incident_id: string | null;
  readonly state: string;
  readonly reason: string;
  readonly amount_minor: bigint | null;
  readonly currency: string | null;
  readonly requested_by: string;
  readonly requested_at: Date;
  readonly decided_by: string | null;
  readonly decided_at: Date | null;
  readonly note: string | null;
  readonly revision: number;
  readonly customer_id: string | null;
  readonly approval_kind: string | null;
  readonly about: string | null;
  readonly change: Readonly<Record<string, unknown>> | null;
  readonly first_by: string | null;
  readonly first_at: Date | null;
  readonly first_minor: bigint | null;
  readonly escalated_at: Date | null;
  readonly rule_id: string | null;
  readonly rule_version: number | null;
  readonly kind: string | null;
  readonly compensation_state: CompensationState | null;
}

/** Of the compensation; of the incident where it is about an apology. */
const RULE = 'coalesce(c.rule_id, i.rule_id)';
const VERSION = 'coalesce(c.rule_version, i.rule_version)';
/** Of the same, or who is to be erased. */
const CUSTOMER = `coalesce(c.customer_id, i.customer_id,
  case when a.kind = 'customer.erase' then substr(a.about, length('customer:') + 1) end)`;

const LIST: ListSource = {
  select: `a.id, a.compensation_id, a.incident_id, a.state, a.reason, a.amount_minor, a.currency,
    a.requested_by, a.requested_at, a.decided_by, a.decided_at, a.note, a.revision,
    a.kind as approval_kind, a.about, a.change, a.first_by, a.first_at, a.first_minor, a.escalated_at,
    ${CUSTOMER} as customer_id, ${RULE} as rule_id,
    ${VERSION} as rule_version, c.kind, c.state as compensation_state`,
  from: `approval a left join compensation c on c.id = a.compensation_id
    left join incident i on i.id = a.incident_id and a.compensation_id is null`,
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
    const { state, rule, customer_id, compensation_id, incident_id, q, from, to } = call.query;
    const conditions = new Conditions()
      .anyOf('a.state', state)
      .anyOf(RULE, rule)
      .anyOf(CUSTOMER, customer_id)
      .anyOf('a.compensation_id', compensation_id)
      .anyOf('a.incident_id', incident_id)
      .startsWith('a.id', q)
      .within('a.requested_at', from, to);
    addLabelConditions(conditions, call.labels, {
      ruleId: RULE,
      version: VERSION,
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
    const read = () => this.read(id);
    await withCurrentTag(read, async () =>
      this.approveCompensation.execute(call, {
        id,
        revision: requiredRevisionOf(call.precondition, 'a'),
        money: call.body.amount ?? undefined,
        note: call.body.note ?? undefined,
      }),
    );
    return read();
  }

  @Serve(reject)
  async reject(call: CallOf<typeof reject>): Promise<Reply> {
    const { id } = call.params;
    const read = () => this.read(id);
    await withCurrentTag(read, async () => {
      const revision = revisionOf(call.precondition, 'a');
      return this.rejectCompensation.execute(call, { id, revision, note: call.body.note });
    });
    return read();
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
    amount: moneyViewOrNull(row.amount_minor, row.currency),
    customer_id: row.customer_id,
    compensation_id: row.compensation_id,
    compensation: compensationOf(row),
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
    change: changeOf(row),
    first_approved_by: row.first_by,
    first_approved_at: row.first_at,
    first_approved_amount: moneyViewOrNull(row.first_minor, row.currency),
    escalated_at: row.escalated_at,
  };
}

function changeOf({ approval_kind: action, about, compensation_id: id, change: to }: ApprovalRow) {
  if (action === null) return null;
  return { action, about: about ?? `compensation:${id ?? ''}`, to };
}

function compensationOf({ compensation_id: id, kind, compensation_state: state }: ApprovalRow) {
  return id === null || state === null ? null : { id, as: kind, state: compensationView(state) };
}
