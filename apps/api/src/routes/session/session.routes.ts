import { csrfTokenOf } from '@amends/application';
import { defineRoute, type RouteSpec } from '../../http/route';
import { nothing, optionalJsonBody } from '../shared/bodies';
import { EXAMPLE_IDS } from '../shared/example-ids';
import { READERS } from '../shared/roles';
import { sessionView } from './session.schemas';

const tag = 'Session';
const path = '/v1/session';
const Cookie = `amends_session=${EXAMPLE_IDS.session}`;

export const createSession = defineRoute({
  id: 'createSession',
  method: 'POST',
  path,
  tag,
  summary: 'Sign a browser in',
  description:
    'By the key or token in `Authorization`, never by another session. Sets the cookie `amends_session`, which stands for ' +
    'it where that header is missing: for eight hours at most, and never longer than the key or token works. ' +
    'Every change needs the `csrf_token` as `X-CSRF-Token` then.',
  roles: READERS,
  quota: 'rest',
  body: optionalJsonBody(nothing),
  answers: {
    201: { description: 'The session; its secret is in the cookie', schema: sessionView },
  },
  problems: [],
  examples: [
    { name: 'sign in', status: 201, path },
    { name: 'from a session', status: 403, path, headers: { Cookie } },
  ],
});

export const getSession = defineRoute({
  id: 'getSession',
  method: 'GET',
  path,
  tag,
  summary: 'Who is signed in',
  description: 'With the token for changes again, so that a page can be loaded anew.',
  roles: READERS,
  quota: 'rest',
  answers: { 200: { description: 'The session of the cookie', schema: sessionView } },
  problems: ['not_found'],
  examples: [
    { name: 'read', status: 200, path, headers: { Cookie } },
    { name: 'with a key', status: 404, path },
  ],
});

export const endSession = defineRoute({
  id: 'endSession',
  method: 'DELETE',
  path,
  tag,
  summary: 'Sign out',
  roles: READERS,
  quota: 'rest',
  answers: { 204: { description: 'The session is over, and its cookie cleared' } },
  problems: ['not_found'],
  examples: [
    {
      name: 'sign out',
      status: 204,
      path,
      headers: { Cookie, 'X-CSRF-Token': csrfTokenOf(EXAMPLE_IDS.session) },
    },
  ],
});

export const SESSION_ROUTES: readonly RouteSpec[] = [createSession, getSession, endSession];
