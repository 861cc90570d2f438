import {
  Conditions,
  CreateHold,
  describeHold,
  entityTag,
  notFound,
  oneRow,
  readPage,
  ReleaseHold,
  unknownInScope,
  type Database,
  type HoldScope,
  type ListSource,
} from '@amends/application';
import { moneyToJson } from '@amends/domain';
import { Controller } from '@nestjs/common';
import { pageReply, pageRequest } from '../../http/cursor';
import { created, ok, type Reply } from '../../http/reply';
import type { CallOf } from '../../http/route';
import { Serve } from '../../http/serve';
import { withCurrentTag } from '../../http/with-current-tag';
import { revisionOf } from '../shared/revision-of';
import { UrgentDatabase } from '../shared/urgent-database';
import { createHold, getHold, listHolds, releaseHold } from './holds.routes';
import { requireFuture, requireScope } from './require-scope';

interface HoldRow {
  readonly id: string;
  readonly state: string;
  readonly scope: Record<string, unknown>;
  readonly payments: boolean;
  readonly messages: boolean;
  readonly reason: string;
  readonly until: Date | null;
  readonly effective_at: Date | null;
  readonly created_by: string;
  readonly created_at: Date;
  readonly released_by: string | null;
  readonly released_at: Date | null;
  readonly release_note: string | null;
  readonly held_items: string | null;
  readonly job_id: string | null;
  readonly revision: number;
}

const LIST: ListSource = {
  select: `id, state, scope, payments, messages, reason, until, effective_at, created_by, created_at,
    released_by, released_at, release_note, held_items, job_id, revision`,
  from: 'hold',
  sortBy: { expression: 'created_at', type: 'timestamptz' },
  tieBy: { expression: 'id', type: 'text' },
};

@Controller()
export class HoldsController {
  private readonly database: Database;

  constructor(
    urgent: UrgentDatabase,
    private readonly createHold: CreateHold,
    private readonly releaseHold: ReleaseHold,
  ) {
    this.database = urgent.database;
  }

  @Serve(createHold)
  async create(call: CallOf<typeof createHold>): Promise<Reply> {
    const { scope, what, reason, until } = call.body;
    const holdScope = scope as HoldScope;
    requireScope(holdScope);
    requireFuture(until, call.nowMs);
    const { holdId } = await this.createHold.execute(call, {
      scope: holdScope,
      payments: what.includes('payments'),
      messages: what.includes('messages'),
      reason,
      untilMs: until ?? null,
    });
    const row = await this.find(holdId);
    const effect = await describeHold(this.database, holdScope);
    const warnings = (await unknownInScope(this.database, holdScope)).map((unknown) => ({
      ...unknown,
      message: 'nothing of that name is known: the hold is laid, and may stop nothing',
    }));
    const body = {
      ...view(row),
      warnings,
      affects: {
        rules_live: effect.rulesLive,
        per_hour: {
          payments: effect.paymentsPerHour,
          money: effect.moneyPerHour.map(moneyToJson),
        },
      },
      in_flight: effect.inFlight.map(({ compensationId, key }) => ({
        compensation_id: compensationId,
        key,
      })),
    };
    return created(`/v1/holds/${holdId}`, body, tag(row));
  }

  @Serve(listHolds)
  async list(call: CallOf<typeof listHolds>): Promise<Reply> {
    const { state, q, from, to } = call.query;
    const conditions = new Conditions()
      .anyOf('state', state)
      .startsWith('id', q)
      .within('created_at', from, to);
    const page = await readPage<HoldRow>(this.database, LIST, conditions, pageRequest(call));
    return pageReply(call, page, view);
  }

  @Serve(getHold)
  async get(call: CallOf<typeof getHold>): Promise<Reply> {
    return this.read(call.params.id);
  }

  @Serve(releaseHold)
  async release(call: CallOf<typeof releaseHold>): Promise<Reply> {
    const { id } = call.params;
    const { items, money, jobId } = await withCurrentTag(
      () => this.read(id),
      async () =>
        this.releaseHold.execute(call, {
          id,
          revision: revisionOf(call.precondition, 'h'),
          heldItems: call.body.held_items,
          note: call.body.note ?? null,
        }),
    );
    const body = { id, state: 'released', job: jobId, items, money: money.map(moneyToJson) };
    return { status: 202, body };
  }

  private async read(id: string): Promise<Reply> {
    const row = await this.find(id);
    return ok(view(row), tag(row));
  }

  private async find(id: string): Promise<HoldRow> {
    const text = `select ${LIST.select} from ${LIST.from} where id = $1`;
    const row = await oneRow<HoldRow>(this.database, text, [id]);
    if (row === undefined) throw notFound();
    return row;
  }
}

function view({ payments, messages, revision: _, ...row }: HoldRow) {
  return {
    id: row.id,
    state: row.state,
    scope: row.scope,
    what: [...(payments ? ['payments'] : []), ...(messages ? ['messages'] : [])],
    reason: row.reason,
    until: row.until,
    effective_at: row.effective_at,
    created_by: row.created_by,
    created_at: row.created_at,
    released_by: row.released_by,
    released_at: row.released_at,
    release_note: row.release_note,
    held_items: row.held_items,
    job: row.job_id,
  };
}

function tag(row: HoldRow): string {
  return entityTag(`h${String(row.revision)}`, [row.state, row.effective_at]);
}
