import {
  budgetStem,
  ChangeBudget,
  clockNowMs,
  Database,
  entityTag,
  forecastBudget,
  notFound,
  readBudget,
  type BudgetState,
} from '@amends/application';
import { Controller } from '@nestjs/common';
import { created, ok, type Reply } from '../../http/reply';
import type { CallOf } from '../../http/route';
import { Serve } from '../../http/serve';
import { withCurrentTag } from '../../http/with-current-tag';
import { ServiceClock } from '../shared/service-clock';
import { moneyView } from '../shared/money-view';
import { requireSameId } from '../shared/require-same-id';
import { getBudget, putBudget } from './budgets.routes';

const WARN_AT = [0.8, 0.95];

@Controller()
export class BudgetsController {
  constructor(
    private readonly database: Database,
    private readonly changeBudget: ChangeBudget,
    private readonly clock: ServiceClock,
  ) {}

  @Serve(getBudget)
  async get(call: CallOf<typeof getBudget>): Promise<Reply> {
    return this.read(call.params.id);
  }

  @Serve(putBudget)
  async put(call: CallOf<typeof putBudget>): Promise<Reply> {
    const { params, body, precondition } = call;
    requireSameId(params.id, body.id);
    const input = {
      brand: body.brand ?? null,
      period: body.period,
      limit: body.limit,
      warnAt: body.warn_at ?? WARN_AT,
      onExhausted: body.on_exhausted ?? 'review',
    };
    const isNew = await withCurrentTag(
      () => this.read(params.id),
      () => this.changeBudget.execute(params.id, input, precondition, call),
    );
    return this.read(params.id, isNew);
  }

  private async read(id: string, isNew = false): Promise<Reply> {
    const nowMs = await clockNowMs(this.database, this.clock.mode);
    const budget = await readBudget(this.database, id, nowMs);
    if (budget === undefined) throw notFound();
    const body = view(budget, nowMs);
    const { spent, reserved, forecast, rules } = body;
    // A new budget has nothing that others move, so its tag is only the stem.
    const rest = isNew ? undefined : { spent, reserved, forecast, rules };
    const etag = entityTag(budgetStem(budget.revision), rest);
    return isNew ? created(`/v1/budgets/${id}`, body, etag) : ok(body, etag);
  }
}

function view(budget: BudgetState, nowMs: number) {
  const { currency } = budget;
  const forecast = forecastBudget(budget, nowMs);
  return {
    id: budget.id,
    brand: budget.brand,
    period: budget.period,
    limit: moneyView(budget.limitMinor, currency),
    spent: moneyView(budget.spentMinor, currency),
    reserved: moneyView(budget.reservedMinor, currency),
    forecast: forecast && moneyView(forecast.minor, currency),
    runs_out_at: instantOrNull(forecast?.runsOutAtMs),
    warn_at: budget.warnAt,
    on_exhausted: budget.onExhausted,
    rules: budget.rules,
  };
}

function instantOrNull(atMs: number | null | undefined): Date | null {
  return atMs === null || atMs === undefined ? null : new Date(atMs);
}
