import {
  ChangeCustomer,
  compensationView,
  customerStem,
  Database,
  EMPTY_FILE,
  EraseCustomer,
  ExportCustomer,
  requireNotErased,
  entityTag,
  notFound,
  readCustomer,
  readCustomerHistory,
  type CompensationState,
  type CustomerHistory,
  type CustomerRow,
} from '@amends/application';
import { moneyToJson } from '@amends/domain';
import { Controller } from '@nestjs/common';
import { created, ok, waiting, type Reply } from '../../http/reply';
import type { CallOf } from '../../http/route';
import { Serve } from '../../http/serve';
import { withCurrentTag } from '../../http/with-current-tag';
import { requireSameId } from '../shared/require-same-id';
import {
  blockCustomer,
  eraseCustomer,
  exportCustomer,
  getCustomer,
  putCustomer,
} from './customers.routes';

@Controller()
export class CustomersController {
  constructor(
    private readonly database: Database,
    private readonly changeCustomer: ChangeCustomer,
    private readonly eraseCustomer: EraseCustomer,
    private readonly exportCustomer: ExportCustomer,
  ) {}

  @Serve(getCustomer)
  async get(call: CallOf<typeof getCustomer>): Promise<Reply> {
    return this.read(call.params.id);
  }

  @Serve(putCustomer)
  async put(call: CallOf<typeof putCustomer>): Promise<Reply> {
    const { params, body, precondition } = call;
    requireSameId(params.id, body.id);
    const file = {
      email: body.email ?? null,
      name: body.name ?? null,
      locale: body.locale ?? null,
      time_zone: body.time_zone ?? null,
      currency: body.currency ?? null,
      blocked_channels: body.blocked_channels ?? [],
      tags: body.tags ?? [],
    };
    const change = { id: params.id, precondition };
    const isNew = await withCurrentTag(
      () => this.read(params.id),
      () => this.changeCustomer.replace({ ...change, blocked: body.blocked }, file, call),
    );
    return this.read(params.id, isNew);
  }

  @Serve(blockCustomer)
  async block(call: CallOf<typeof blockCustomer>): Promise<Reply> {
    const { params, body, precondition } = call;
    const isNew = await withCurrentTag(
      () => this.read(params.id),
      () => this.changeCustomer.block({ id: params.id, precondition }, body, call),
    );
    return this.read(params.id, isNew);
  }

  @Serve(exportCustomer)
  async export(call: CallOf<typeof exportCustomer>): Promise<Reply> {
    return ok(await this.exportCustomer.execute(call.params.id, call));
  }

  @Serve(eraseCustomer)
  async erase(call: CallOf<typeof eraseCustomer>): Promise<Reply> {
    const { params, body } = call;
    const erased = await this.eraseCustomer.execute(params.id, body.reason ?? null, call);
    if ('approvalId' in erased) {
      const { approvalId: approval_id } = erased;
      const view = { pseudonym: null, state: 'review', erased_at: null, approval_id };
      return waiting(ok(view), `/v1/approvals/${approval_id}`);
    }
    const { pseudonym, isDone, erasedAt: erased_at } = erased;
    const state = isDone ? 'erased' : 'erasing';
    return { status: isDone ? 200 : 202, body: { pseudonym, state, erased_at, approval_id: null } };
  }

  private async read(id: string, isNew = false): Promise<Reply> {
    await requireNotErased(this.database, id);
    const row = await readCustomer(this.database, id);
    const history = await readCustomerHistory(this.database, id);
    if (row === undefined && !isKnown(history)) throw notFound();
    const past = historyView(history);
    const etag = entityTag(customerStem(row?.revision ?? 0), restOf(past));
    const body = { id, ...fileView(row), ...past };
    return isNew ? created(`/v1/customers/${encodeURIComponent(id)}`, body, etag) : ok(body, etag);
  }
}

function isKnown({ hasIncidents, compensations, messages }: CustomerHistory): boolean {
  return hasIncidents || compensations.length > 0 || messages.length > 0;
}

function fileView(row: CustomerRow | undefined) {
  const file = row ?? { ...EMPTY_FILE, blocked: false, updated_at: null };
  return {
    email: file.email,
    name: file.name,
    locale: file.locale,
    time_zone: file.time_zone,
    currency: file.currency,
    blocked_channels: file.blocked_channels,
    tags: file.tags,
    blocked: file.blocked,
    updated_at: file.updated_at,
  };
}

function historyView({ paid, compensations, messages }: CustomerHistory) {
  return {
    paid: paid.map(({ minor, currency }) => moneyToJson({ minor, currency })),
    compensations: compensations.map(({ kind, amount_minor: minor, currency, ...row }) => ({
      id: row.id,
      incident_id: row.incident_id,
      as: kind,
      amount: moneyToJson({ minor, currency }),
      state: compensationView(row.state as CompensationState),
      created_at: row.created_at,
    })),
    messages,
  };
}

/** Part of the tag once there is a past: the tag of a fresh file stays short. */
function restOf(past: ReturnType<typeof historyView>): unknown {
  const isEmpty = past.compensations.length === 0 && past.messages.length === 0;
  return isEmpty ? undefined : past;
}
