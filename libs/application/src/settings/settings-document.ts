import type { MoneyJson } from '@amends/domain';
import type { Guardrails } from '../rules/rollout-rows';

/** A daily span of the customer's own time in which messages wait. */
export interface QuietHours {
  /** `21:00`; may be later than `to`: then it spans midnight. */
  readonly from: string;
  readonly to: string;
}

/** At most `times` messages to one customer within `over`, on one channel or (absent) on all. */
export interface FrequencyCap {
  readonly channel?: string | undefined;
  readonly times: number;
  readonly over: string;
}

/** From when on something is conspicuous and goes to a person; null: never. */
export interface AbuseThresholds {
  /** So many payouts to one customer in 90 days. */
  readonly claims_in_90d: number | null;
  /** More than this share of a rule's payouts in 30 days goes to one customer. */
  readonly share_of_rule: number | null;
  /** So many accounts with the same payment or address. */
  readonly linked_accounts: number | null;
  /** Where events name what links accounts. */
  readonly link_paths: readonly string[];
  /** So many gifts of one agent in 30 days within a tenth below their own limit. */
  readonly agent_near_limit: number | null;
}

/** What holds for the whole account; API.md, `/settings`. */
export interface Settings {
  readonly brand: { readonly sender_name: string; readonly sender_address: string };
  /** Of brands that have a sender or templates of their own; the others have those of the account. */
  readonly brands: Readonly<
    Record<
      string,
      {
        readonly sender_name: string;
        readonly sender_address: string;
        /** Template ids, to those used instead. */
        readonly templates?: Readonly<Record<string, string>> | undefined;
        /** The most that may leave for it in a day, within that of the account. */
        readonly daily_ceilings?: readonly MoneyJson[] | undefined;
      }
    >
  >;
  /** Languages that customers are written to in; the first that fits is taken. */
  readonly locales: readonly string[];
  readonly default_locale: string;
  /** Of customers whose file names none. */
  readonly default_time_zone: string;
  readonly quiet_hours: QuietHours | null;
  readonly frequency_caps: readonly FrequencyCap[];
  readonly complaint_event_types: readonly string[];
  /** How long a deadline waits for events under way, where a rule has no `allow_late`. */
  readonly lateness: string;
  /** How long events are kept, from their arrival. */
  readonly retention: string;
  /** What an agent may give without asking, per currency; others: 20 whole units. */
  readonly manual_limit: readonly MoneyJson[];
  /** How far back gifts of an agent to one customer, or for one order, are added up for it. */
  readonly manual_limit_over: string;
  /** The most that one payout may be, per currency, whatever rules and people say. */
  readonly item_caps: readonly MoneyJson[];
  /** The most that may leave in a day (UTC), per currency, whatever else says what. */
  readonly daily_ceilings: readonly MoneyJson[];
  /** What needs the yes of another person. */
  readonly four_eyes: {
    readonly rollouts: boolean;
    readonly budgets: boolean;
    readonly hold_releases: boolean;
    /** Forgetting a customer. */
    readonly erasures: boolean;
  };
  /** Sums that two people have to say yes to, per currency. */
  readonly second_approver_over: readonly MoneyJson[];
  /** Our own promises: people are told of what stays open for longer. */
  readonly promises: {
    readonly approval: string;
    readonly hold: string;
    readonly unknown: string;
    readonly replacement: string;
  };
  /** When all payouts are stopped, as those of a rule by its rollout; null: never. */
  readonly guardrails: Guardrails | null;
  readonly abuse: AbuseThresholds;
  readonly voucher_days: number;
  /** Event types, or their first parts, to topics. */
  readonly topics: Readonly<Record<string, string>>;
  /** A version goes live only after a finished back-test. */
  readonly backtest_required: boolean;
}

export const DEFAULT_SETTINGS: Settings = {
  brand: { sender_name: 'Customer care', sender_address: 'care@amends.invalid' },
  brands: {},
  locales: ['en', 'zh-CN'],
  default_locale: 'en',
  default_time_zone: 'UTC',
  quiet_hours: null,
  frequency_caps: [],
  complaint_event_types: ['support.case.opened'],
  lateness: '2m',
  retention: '1095d',
  manual_limit: [],
  manual_limit_over: '24h',
  item_caps: [],
  daily_ceilings: [],
  four_eyes: { rollouts: false, budgets: false, hold_releases: false, erasures: false },
  second_approver_over: [],
  promises: { approval: '24h', hold: '24h', unknown: '1h', replacement: '3d' },
  guardrails: null,
  abuse: {
    claims_in_90d: null,
    share_of_rule: null,
    linked_accounts: null,
    link_paths: ['data.payment_id', 'data.address_hash'],
    agent_near_limit: null,
  },
  voucher_days: 365,
  topics: {},
  backtest_required: false,
};
