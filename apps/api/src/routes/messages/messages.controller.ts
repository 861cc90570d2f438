import {
  Conditions,
  Database,
  entityTag,
  notFound,
  oneRow,
  readPage,
  ResendMessage,
  type ListSource,
} from '@amends/application';
import { Controller } from '@nestjs/common';
import { pageReply, pageRequest } from '../../http/cursor';
import { created, ok, type Reply } from '../../http/reply';
import type { CallOf } from '../../http/route';
import { Serve } from '../../http/serve';
import { withCurrentTag } from '../../http/with-current-tag';
import { keyTexts } from '../shared/key-texts';
import { addLabelConditions } from '../shared/label-conditions';
import { moneyViewOrNull } from '../shared/money-view';
import { revisionOf } from '../shared/revision-of';
import { getMessage, listMessages, resendMessage } from './messages.routes';

interface MessageRow {
  readonly id: string;
  readonly customer_id: string;
  readonly compensation_id: string | null;
  readonly incident_id: string | null;
  readonly channel: string;
  readonly state: string;
  readonly subject: string | null;
  readonly text: string | null;
  readonly html: string | null;
  readonly template_id: string;
  readonly template_version: number | null;
  readonly locale: string | null;
  readonly urgent: boolean;
  readonly promised_minor: bigint | null;
  readonly promised_currency: string | null;
  readonly attempts: readonly unknown[];
  readonly held_by: string | null;
  readonly not_before: Date;
  readonly created_at: Date;
  readonly sent_at: Date | null;
  readonly revision: number;
}

export const MESSAGE_LIST: ListSource = {
  select: `m.id, m.customer_id, m.compensation_id, m.incident_id, m.channel, m.state, m.subject,
    m.text, m.html, m.template_id, m.template_version, m.locale, m.urgent, m.promised_minor,
    m.promised_currency, m.attempts, m.held_by, m.not_before, m.created_at, m.sent_at, m.revision`,
  from: 'message m left join incident i on i.id = m.incident_id',
  sortBy: { expression: 'm.created_at', type: 'timestamptz' },
  tieBy: { expression: 'm.id', type: 'text' },
};

@Controller()
export class MessagesController {
  constructor(
    private readonly database: Database,
    private readonly resendMessage: ResendMessage,
  ) {}

  @Serve(listMessages)
  async list(call: CallOf<typeof listMessages>): Promise<Reply> {
    const { customer_id, compensation_id, incident_id, rule, key } = call.query;
    const { state, channel, q, from, to } = call.query;
    const conditions = new Conditions()
      .anyOf('m.customer_id', customer_id)
      .anyOf('m.compensation_id', compensation_id)
      .anyOf('m.incident_id', incident_id)
      .anyOf('i.rule_id', rule)
      .anyOf('i.key', key?.flatMap(keyTexts))
      .anyOf('m.state', state)
      .anyOf('m.channel', channel)
      .startsWith('m.id', q)
      .within('m.created_at', from, to);
    addLabelConditions(conditions, call.labels, {
      ruleId: 'i.rule_id',
      version: 'i.rule_version',
    });
    const page = await readPage<MessageRow>(
      this.database,
      MESSAGE_LIST,
      conditions,
      pageRequest(call),
    );
    return pageReply(call, page, view);
  }

  @Serve(getMessage)
  async get(call: CallOf<typeof getMessage>): Promise<Reply> {
    return this.read(call.params.id);
  }

  @Serve(resendMessage)
  async resend(call: CallOf<typeof resendMessage>): Promise<Reply> {
    const { id } = call.params;
    const { messageId } = await withCurrentTag(
      () => this.read(id),
      async () =>
        this.resendMessage.execute(call, {
          messageId: id,
          revision: revisionOf(call.precondition, 'r'),
        }),
    );
    const row = await this.find(messageId);
    return created(`/v1/messages/${messageId}`, view(row), tag(row));
  }

  private async read(id: string): Promise<Reply> {
    const row = await this.find(id);
    return ok(view(row), tag(row));
  }

  private async find(id: string): Promise<MessageRow> {
    const text = `select ${MESSAGE_LIST.select} from ${MESSAGE_LIST.from} where m.id = $1`;
    const row = await oneRow<MessageRow>(this.database, text, [id]);
    if (row === undefined) throw notFound();
    return row;
  }
}

function view(row: MessageRow) {
  return {
    id: row.id,
    customer_id: row.customer_id,
    compensation_id: row.compensation_id,
    incident_id: row.incident_id,
    channel: row.channel,
    state: row.state,
    subject: row.subject,
    text: row.text,
    html: row.html,
    template: { id: row.template_id, version: row.template_version },
    locale: row.locale,
    urgent: row.urgent,
    promised: moneyViewOrNull(row.promised_minor, row.promised_currency),
    attempts: row.attempts,
    held_by: row.held_by,
    not_before: row.not_before,
    created_at: row.created_at,
    sent_at: row.sent_at,
  };
}

/** A lease or a waiting time may change without a new revision. */
function tag(row: MessageRow): string {
  return entityTag(`r${String(row.revision)}`, [row.state, row.not_before, row.attempts]);
}
