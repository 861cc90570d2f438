import type { Pool } from 'pg';
import { demand } from './rest';
import { GIFT_BUDGET, RULES, TEMPLATE } from './rules';

/** Enough for every story of a part: each is about a customer of its own. */
const CUSTOMERS = 20_000;
const IS_NEW = { 'if-none-match': '*' };

/** Rules live, a template, a budget, and people with an address. */
export async function setUp(url: string, pool: Pool): Promise<void> {
  await demand(url, 'PUT', '/v1/templates/chaos', { body: TEMPLATE, headers: IS_NEW });
  for (const [id, currency, limit] of [
    ['gifts', 'GBP', GIFT_BUDGET],
    ['euros', 'EUR', 10_000_000],
    ['dollars', 'USD', 10_000_000],
  ] as const) {
    const budget = {
      period: 'ever',
      limit: { value: `${String(limit)}.00`, currency },
      on_exhausted: id === 'gifts' ? 'skip' : 'review',
    };
    await demand(url, 'PUT', `/v1/budgets/${id}`, { body: budget, headers: IS_NEW });
  }
  for (const rule of RULES) {
    await demand(url, 'PUT', `/v1/rules/${rule.id}`, { body: rule, headers: IS_NEW });
    await demand(url, 'PUT', `/v1/rules/${rule.id}/rollout`, {
      body: { live: { version: 1, percent: 100 } },
      headers: { 'if-match': '"r0"' },
    });
  }
  await pool.query(
    `insert into customer (id, email, locale, time_zone)
     select 'c' || n, 'c' || n || '@example.org', 'en', 'UTC'
     from generate_series(1, ${String(CUSTOMERS)}) n`,
  );
}
