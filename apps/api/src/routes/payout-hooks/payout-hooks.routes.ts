import { z } from 'zod';
import { defineRoute, type RouteSpec } from '../../http/route';

const HOOK_BYTES_MAX = 256 * 1024;

export const takePayoutHook = defineRoute({
  id: 'takePayoutHook',
  method: 'POST',
  path: '/v1/payout-hooks/{provider}',
  tag: 'Payout providers',
  summary: 'Where a payout provider sends its webhooks',
  description:
    'Let in by its signature, over the bytes as they came: Stripe’s `Stripe-Signature`, or Standard ' +
    'Webhooks for a service of your own, with `{"data": {"key" or "reference"}}`. It is taken for a ' +
    'hint: how the payout stands is then fetched from the provider. May come twice, late and in any order.',
  roles: 'anyone',
  quota: 'rest',
  params: z.object({ provider: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/) }),
  body: {
    schema: z.record(z.string(), z.unknown()),
    types: ['application/json'],
    reading: 'raw',
    maxBytes: HOOK_BYTES_MAX,
  },
  answers: { 204: { description: 'Taken, or about nothing of ours' } },
  problems: ['not_found', 'unauthorized'],
  examples: [
    {
      name: 'a provider that is not set up',
      status: 404,
      path: '/v1/payout-hooks/nobody',
      body: { type: 'refund.updated', data: { key: 'cmp_01JNABCDEFGHJKMNPQRSTVWXYZ_1' } },
    },
  ],
});

export const PAYOUT_HOOK_ROUTES: readonly RouteSpec[] = [takePayoutHook];
