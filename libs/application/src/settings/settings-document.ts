import type { MoneyJson } from '@amends/domain';

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

/** What holds for the whole account; API.md, `/settings`. */
export interface Settings {
  readonly brand: { readonly sender_name: string; readonly sender_address: string };
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
  readonly voucher_days: number;
  /** Event types, or their first parts, to topics. */
  readonly topics: Readonly<Record<string, string>>;
  /** A version goes live only after a finished back-test. */
  readonly backtest_required: boolean;
}

export const DEFAULT_SETTINGS: Settings = {
  brand: { sender_name: 'Customer care', sender_address: 'care@amends.invalid' },
  locales: ['en', 'zh-CN'],
  default_locale: 'en',
  default_time_zone: 'UTC',
  quiet_hours: null,
  frequency_caps: [],
  complaint_event_types: ['support.case.opened'],
  lateness: '2m',
  retention: '1095d',
  manual_limit: [],
  voucher_days: 365,
  topics: {},
  backtest_required: false,
};
