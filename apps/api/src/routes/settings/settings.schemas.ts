import { DEFAULT_SETTINGS } from '@amends/application';
import { moneyToJson, parseDuration } from '@amends/domain';
import { z } from 'zod';
import { readOnly } from '../shared/read-only';
import {
  duration,
  instantView,
  moneyView,
  positiveMoneyInput,
  slug,
  text,
} from '../shared/schemas';

const timeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
  .meta({ example: '21:00' });
const eventType = text(200);

/** A name that a broker takes, and none of those that we tell things on. */
const topic = text(200)
  .regex(/^(?!amends\.)(?!\.{1,2}$)[A-Za-z0-9._-]+$/)
  .meta({ example: 'billing.events' });

const MS_PER_DAY = 86_400_000;

/** Less would forget what `skip_if` and `for_each` are about to look up. */
const retention = duration.superRefine((value, context) => {
  if ((parseDuration(value) ?? MS_PER_DAY) >= MS_PER_DAY) return;
  context.addIssue({ code: 'custom', params: { code: 'less_than_a_day' } });
});

export const locale = z
  .string()
  .max(35)
  .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/)
  .meta({ example: 'zh-CN' });

export const timeZone = z
  .string()
  .max(64)
  .meta({ example: 'Asia/Shanghai' })
  .superRefine((zone, context) => {
    if (isTimeZone(zone)) return;
    context.addIssue({ code: 'custom', params: { code: 'unknown_time_zone' } });
  });

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return zone !== '';
  } catch {
    return false;
  }
}

const count = z.int().min(1).max(1_000_000);

const shape = {
  brand: z
    .strictObject({ sender_name: text(100), sender_address: z.email().max(254) })
    .describe('Who messages come from'),
  locales: z.array(locale).min(1).max(50).describe('Languages that customers are written to in'),
  default_locale: locale.describe('Of customers whose language is none of `locales`'),
  default_time_zone: timeZone.describe('Of customers whose file names none'),
  quiet_hours: z
    .strictObject({ from: timeOfDay, to: timeOfDay })
    .nullable()
    .describe("Messages wait until they are over, in the customer's time; `urgent` ones pass"),
  frequency_caps: z
    .array(
      z.strictObject({
        channel: text(50).optional(),
        times: z.int().min(1).max(1000),
        over: duration,
      }),
    )
    .max(20)
    .describe('Messages to one customer at most; what is over waits'),
  complaint_event_types: z.array(eventType).max(100),
  lateness: duration.describe('How long a deadline waits for events under way'),
  retention: retention.describe('How long events are kept, from their arrival: a day at least'),
  manual_limit_over: duration.describe(
    'How far back what an agent gave one customer, or was given for one order, is added up for it',
  ),
  four_eyes: z
    .strictObject({
      rollouts: z.boolean(),
      budgets: z.boolean(),
      hold_releases: z.boolean(),
      erasures: z.boolean().default(false).describe('Forgetting a customer'),
    })
    .describe('What needs the yes of another person before it is done; switching off never does'),
  guardrails: z
    .strictObject({
      max_spend_ratio: z.number().gt(0).max(1000).optional(),
      max_hit_ratio: z.number().gt(0).max(1000).optional(),
      max_payout_failure: z.number().gt(0).max(1).optional(),
    })
    .nullable()
    .describe('When all payouts are held, as those of a rule by the guardrails of its rollout'),
  abuse: z
    .strictObject({
      claims_in_90d: count.nullable().default(null),
      share_of_rule: z.number().gt(0).lt(1).nullable().default(null),
      linked_accounts: z.int().min(2).max(10_000).nullable().default(null),
      link_paths: z
        .array(text(200).regex(/^[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*$/))
        .max(20)
        .default([...DEFAULT_SETTINGS.abuse.link_paths]),
      agent_near_limit: count.nullable().default(null),
    })
    .describe('What is conspicuous is shown in `why` and goes to a person; null: never'),
  promises: z
    .strictObject({
      approval: duration,
      hold: duration,
      unknown: duration,
      replacement: duration,
    })
    .describe('People are told of what stays open for longer: our own promises'),
  voucher_days: z.int().min(1).max(3650),
  topics: z.record(text(200), topic).describe('Event types, or their first parts, to topics'),
  backtest_required: z.boolean(),
};

/** Of brands, whose ceilings are written one way and shown another. */
function brandsOf<M extends z.ZodType>(ceiling: M) {
  return z
    .record(
      text(100),
      z.strictObject({
        sender_name: text(100),
        sender_address: z.email().max(254),
        templates: z.record(slug, slug).optional(),
        daily_ceilings: z
          .array(ceiling)
          .max(200)
          .optional()
          .describe('The most that may leave for it in a day, within those of the account'),
      }),
    )
    .describe(
      'Senders, templates and ceilings of brands: `data.brand` of the event, or a tag `brand:…`',
    );
}

const manual_limit = z
  .array(positiveMoneyInput.transform(moneyToJson))
  .max(200)
  .default([])
  .describe('What an agent may give without asking; currencies not named: 20 whole units');

const item_caps = z
  .array(positiveMoneyInput.transform(moneyToJson))
  .max(200)
  .default([])
  .describe('The most that one payout may be, whatever rules and people say; one per currency');

const daily_ceilings = z
  .array(positiveMoneyInput.transform(moneyToJson))
  .max(200)
  .default([])
  .describe(
    'The most that may leave in a day (UTC), whatever rules, limits and budgets say; one per currency',
  );

const second_approver_over = z
  .array(positiveMoneyInput.transform(moneyToJson))
  .max(200)
  .default([])
  .describe('Sums over these need the yes of two people; one per currency');

/** A PUT replaces the whole: what is left out has its default, also what a later release adds. */
function withDefaults<S extends Readonly<Record<string, z.ZodType>>>(of: S) {
  const defaults: Readonly<Record<string, unknown>> = { ...DEFAULT_SETTINGS };
  const entries = Object.entries(of).map(([name, schema]) => [
    name,
    schema.default(defaults[name]),
  ]);
  return Object.fromEntries(entries) as { [K in keyof S]: z.ZodDefault<S[K]> };
}

export const settingsInput = z
  .strictObject({
    ...withDefaults(shape),
    brands: brandsOf(positiveMoneyInput.transform(moneyToJson)).default({}),
    manual_limit,
    item_caps,
    daily_ceilings,
    second_approver_over,
    ...readOnly('updated_by', 'updated_at'),
  })
  .superRefine((settings, context) => {
    if (!settings.locales.includes(settings.default_locale)) {
      const params = { code: 'not_in_list' };
      context.addIssue({ code: 'custom', params, path: ['default_locale'] });
    }
    const once = (list: readonly { currency: string }[], at: readonly string[]) => {
      const currencies = list.map(({ currency }) => currency);
      currencies.forEach((currency, index) => {
        if (currencies.indexOf(currency) === index) return;
        const path = [...at, index, 'currency'];
        context.addIssue({ code: 'custom', params: { code: 'twice' }, path });
      });
    };
    for (const list of [
      'manual_limit',
      'item_caps',
      'daily_ceilings',
      'second_approver_over',
    ] as const) {
      once(settings[list], [list]);
    }
    for (const [brand, { daily_ceilings: own = [] }] of Object.entries(settings.brands)) {
      once(own, ['brands', brand, 'daily_ceilings']);
    }
  })
  .meta({ id: 'SettingsInput' });

export const settingsView = z
  .object({
    ...shape,
    brands: brandsOf(moneyView),
    manual_limit: z.array(moneyView),
    item_caps: z.array(moneyView),
    daily_ceilings: z.array(moneyView),
    second_approver_over: z.array(moneyView),
    updated_by: z.string().nullable(),
    updated_at: instantView,
  })
  .meta({ id: 'Settings' });
