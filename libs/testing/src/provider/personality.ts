/**
 * How a provider treats a key that it has seen (RELIABILITY.md, section 1a):
 * - `first-body` answers as the first time, a 500 included (Stripe);
 * - `latest-status` answers how the refund stands now (PayPal);
 * - `only-success` keeps 2xx alone and tries anything else again (Checkout.com);
 * - `asynchronous` accepts, pays later, and tells by webhook or when asked (WeChat Pay, Adyen);
 * - `no-change` says success, and that it changed nothing (Alipay).
 */
export type Personality =
  'first-body' | 'latest-status' | 'only-success' | 'asynchronous' | 'no-change';

/** What a provider promises, and asks for. */
export interface Traits {
  /** For how long it knows a key; the same key pays again after that. */
  readonly keyWindowMs: number;
  readonly keyLengthMax: number;
  /** Least time between two refunds of one payment. */
  readonly spacingMs: number;
  readonly partialRefundsMax: number;
  /** From accepting a refund to having paid it. */
  readonly settlesAfterMs: number;
}

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** As the five are in RELIABILITY.md, section 1a; a number that is not known there is a guess. */
export const TRAITS: Readonly<Record<Personality, Traits>> = {
  'first-body': {
    keyWindowMs: DAY_MS,
    keyLengthMax: 255,
    spacingMs: 0,
    partialRefundsMax: 1000,
    settlesAfterMs: 0,
  },
  'latest-status': {
    keyWindowMs: 6 * HOUR_MS,
    keyLengthMax: 38,
    spacingMs: 0,
    partialRefundsMax: 100,
    settlesAfterMs: 0,
  },
  'only-success': {
    keyWindowMs: DAY_MS,
    keyLengthMax: 50,
    spacingMs: 0,
    partialRefundsMax: 100,
    settlesAfterMs: 0,
  },
  asynchronous: {
    keyWindowMs: 365 * DAY_MS,
    keyLengthMax: 64,
    spacingMs: MINUTE_MS,
    partialRefundsMax: 50,
    settlesAfterMs: 20 * MINUTE_MS,
  },
  'no-change': {
    keyWindowMs: 90 * DAY_MS,
    keyLengthMax: 64,
    spacingMs: 3 * SECOND_MS,
    partialRefundsMax: 50,
    settlesAfterMs: 0,
  },
};
