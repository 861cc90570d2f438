import { createPayoutProviders } from '@amends/channels';
import {
  SimulatedProvider,
  TRAITS,
  WebhookDialect,
  type Fault,
  type Personality,
} from '@amends/testing';
import { badDay } from './bad-day';

export const PERSONALITIES: readonly Personality[] = [
  'first-body',
  'latest-status',
  'only-success',
  'asynchronous',
  'no-change',
];

const SECRET = `whsec_${Buffer.from('a secret of the payout campaign').toString('base64')}`;
const HOUR_MS = 3_600_000;

/** Each personality, with what was done to it. */
export interface Outside {
  readonly providers: ReadonlyMap<Personality, SimulatedProvider>;
  readonly faults: Map<string, number>;
}

export async function openOutside(now: () => number, random: () => number): Promise<Outside> {
  const providers = new Map<Personality, SimulatedProvider>();
  const faults = new Map<string, number>();
  for (const personality of PERSONALITIES) {
    providers.set(
      personality,
      await SimulatedProvider.start({
        personality,
        dialect: new WebhookDialect(SECRET, personality),
        now,
        findableAfterMs: personality === 'only-success' ? 60_000 : 0,
        faultOf: () => {
          const fault = badDay(random);
          if (fault !== undefined) count(faults, nameOf(fault));
          return fault;
        },
      }),
    );
  }
  return { providers, faults };
}

/** The settings by which the service knows them: one account per brand. */
export function providerSettings({ providers }: Outside): NodeJS.ProcessEnv {
  const list = [...providers].map(([personality, { url }]) => {
    const traits = TRAITS[personality];
    return {
      name: personality,
      type: 'webhook',
      brands: [personality],
      kinds: ['refund'],
      url,
      query_url: url,
      payment_url: url,
      list_url: url,
      secret_env: 'CAMPAIGN_SECRET',
      timeout_seconds: 1,
      at_once: 8,
      replay: personality === 'asynchronous' ? 'latest-status' : personality,
      key_window_hours: Math.min(traits.keyWindowMs / HOUR_MS, 24 * 365),
      spacing_seconds: traits.spacingMs / 1000,
      max_partial_refunds: traits.partialRefundsMax,
      max_key_length: traits.keyLengthMax,
    };
  });
  return { PAYOUT_PROVIDERS: JSON.stringify(list), CAMPAIGN_SECRET: SECRET };
}

/** The same providers for use cases of the harness' own: webhooks and reconciliation. */
export function harnessProviders(settings: NodeJS.ProcessEnv) {
  return createPayoutProviders({ list: settings['PAYOUT_PROVIDERS'], env: settings });
}

function nameOf(fault: Fault): string {
  return typeof fault === 'string' ? fault : 'slow';
}

export function count(counts: Map<string, number>, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1);
}
