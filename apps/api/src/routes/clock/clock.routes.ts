import { z } from 'zod';
import { defineRoute, type RouteSpec } from '../../http/route';
import { jsonBody } from '../shared/bodies';
import { ADMINS } from '../shared/roles';
import { instantInput, instantView } from '../shared/schemas';

const advanceInput = z.strictObject({ advance_to: instantInput }).meta({ id: 'AdvanceInput' });

export const advanceClock = defineRoute({
  id: 'advanceClock',
  method: 'POST',
  path: '/v1/clock',
  tag: 'Clock',
  summary: 'Move the stream clock on: every deadline up to then fires',
  description:
    'Only under `AMENDS_CLOCK=stream`, for replays and tests: at the end of the input nothing else ' +
    'moves it. Answered when the deadlines have fired. A time that has passed already moves nothing.',
  roles: ADMINS,
  quota: 'rest',
  body: jsonBody(advanceInput),
  idempotency: 'optional',
  answers: {
    200: {
      description: 'How far the clock has come',
      schema: z.object({ clock: instantView }).meta({ id: 'Clock' }),
    },
  },
  problems: ['wrong_clock'],
  examples: [
    {
      name: 'under the wall clock',
      status: 409,
      path: '/v1/clock',
      body: { advance_to: '2026-03-02T00:00:00Z' },
    },
  ],
});

export const CLOCK_ROUTES: readonly RouteSpec[] = [advanceClock];
