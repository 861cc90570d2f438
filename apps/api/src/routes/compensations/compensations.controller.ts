import {
  COMPENSATION_LIST,
  Conditions,
  CreateManualCompensation,
  Database,
  notFound,
  oneRow,
  readPage,
  ResendMessage,
  RetryCompensation,
  ReverseCompensation,
  type CompensationListRow,
} from '@amends/application';
import { moneyToJson } from '@amends/domain';
import { Controller } from '@nestjs/common';
import { pageReply, pageRequest } from '../../http/cursor';
import { created, ok, waiting, type Reply } from '../../http/reply';
import type { CallOf } from '../../http/route';
import { Serve } from '../../http/serve';
import { withCurrentTag } from '../../http/with-current-tag';
import { keyTexts } from '../shared/key-texts';
import { addLabelConditions } from '../shared/label-conditions';
import { revisionOf } from '../shared/revision-of';
import { compensationTag, compensationViewOf, ownStates } from './compensation-view';
import {
  createCompensation,
  getCompensation,
  listCompensations,
  resendCompensation,
  retryCompensation,
  reverseCompensation,
} from './compensations.routes';

const OF_KEY = 'c.incident_id in (select i.id from incident i where i.key = any($?))';

@Controller()
export class CompensationsController {
  constructor(
    private readonly database: Database,
    private readonly create: CreateManualCompensation,
    private readonly retry: RetryCompensation,
    private readonly reverse: ReverseCompensation,
    private readonly resend: ResendMessage,
  ) {}

  @Serve(listCompensations)
  async list(call: CallOf<typeof listCompensations>): Promise<Reply> {
    const { rule, customer_id, incident_id, order_id, key, state, as, q, from, to } = call.query;
    const conditions = new Conditions()
      .anyOf('c.rule_id', rule)
      .anyOf('c.customer_id', customer_id)
      .anyOf('c.incident_id', incident_id)
      .anyOf('c.order_id', order_id)
      .anyOf('c.state', ownStates(state))
      .anyOf('c.kind', as)
      .startsWith('c.id', q)
      .within('c.incident_at', from, to);
    // Of the incident that it makes good; what is given by hand has none.
    if (key !== undefined) conditions.add(OF_KEY, key.flatMap(keyTexts));
    addLabelConditions(conditions, call.labels, {
      ruleId: 'c.rule_id',
      version: 'c.rule_version',
    });
    const page = await readPage<CompensationListRow>(
      this.database,
      COMPENSATION_LIST,
      conditions,
      pageRequest(call),
    );
    return pageReply(call, page, compensationViewOf);
  }

  @Serve(getCompensation)
  async get(call: CallOf<typeof getCompensation>): Promise<Reply> {
    return this.read(call.params.id);
  }

  @Serve(createCompensation)
  async give(call: CallOf<typeof createCompensation>): Promise<Reply> {
    const { body } = call;
    const { compensationId, ruleSays } = await this.create.execute(call, {
      customerId: body.customer_id,
      as: body.as,
      money: body.amount,
      reason: body.reason,
      orderId: body.order_id ?? undefined,
      payment: body.payment ?? undefined,
      template: body.template ?? undefined,
      incidentId: body.incident_id ?? undefined,
      differsBecause: body.differs_because ?? undefined,
    });
    const reply = await this.read(compensationId, true);
    const says = ruleSays && {
      incident_id: ruleSays.incidentId,
      rule: ruleSays.ruleId,
      amount: moneyToJson(ruleSays.money),
    };
    return { ...reply, body: { ...(reply.body as object), rule_says: says } };
  }

  @Serve(retryCompensation)
  async payAgain(call: CallOf<typeof retryCompensation>): Promise<Reply> {
    const { id } = call.params;
    const read = () => this.read(id);
    await withCurrentTag(read, async () =>
      this.retry.execute(call, { id, revision: revisionOf(call.precondition, 'r') }),
    );
    return read();
  }

  @Serve(resendCompensation)
  async sendAgain(call: CallOf<typeof resendCompensation>): Promise<Reply> {
    const { id } = call.params;
    await this.resend.execute(call, { compensationId: id });
    return this.read(id);
  }

  @Serve(reverseCompensation)
  async takeBack(call: CallOf<typeof reverseCompensation>): Promise<Reply> {
    const { id } = call.params;
    const read = () => this.read(id);
    const { approvalId } = await withCurrentTag(read, async () => {
      const revision = revisionOf(call.precondition, 'r');
      return this.reverse.execute(call, { id, revision, reason: call.body.reason });
    });
    const reply = await read();
    return approvalId === null ? reply : waiting(reply, `/v1/approvals/${approvalId}`);
  }

  private async read(id: string, isNew = false): Promise<Reply> {
    const { select, from } = COMPENSATION_LIST;
    const row = await oneRow<CompensationListRow>(
      this.database,
      `select ${select} from ${from} where c.id = $1`,
      [id],
    );
    if (row === undefined) throw notFound();
    const body = compensationViewOf(row);
    const tag = compensationTag(row);
    return isNew ? created(`/v1/compensations/${id}`, body, tag) : ok(body, tag);
  }
}
