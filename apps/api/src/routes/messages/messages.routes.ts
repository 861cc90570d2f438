import { defineRoute, type RouteSpec } from '../../http/route';
import { nothing, optionalJsonBody } from '../shared/bodies';
import { EXAMPLE_IDS } from '../shared/example-ids';
import { AGENTS, READERS } from '../shared/roles';
import { messagePage, messageParams, messageQuery, messageView } from './messages.schemas';

const tag = 'Messages';

export const listMessages = defineRoute({
  id: 'listMessages',
  method: 'GET',
  path: '/v1/messages',
  tag,
  summary: 'What customers were told, with the exact words',
  description: '`from` and `to` are about when the message was made.',
  roles: READERS,
  quota: 'rest',
  query: messageQuery,
  hasLabelFilter: true,
  answers: { 200: { description: 'A page of messages', schema: messagePage, isPage: true } },
  problems: [],
  examples: [
    { name: 'to one customer', status: 200, path: '/v1/messages?customer_id=c_123' },
    {
      name: 'about the incidents of one rule',
      status: 200,
      path: '/v1/messages?rule=late-delivery&label.team=delivery',
    },
  ],
});

export const getMessage = defineRoute({
  id: 'getMessage',
  method: 'GET',
  path: '/v1/messages/{id}',
  tag,
  summary: 'One message',
  roles: READERS,
  quota: 'rest',
  params: messageParams,
  answers: { 200: { description: 'The message', schema: messageView, hasETag: true } },
  problems: ['not_found'],
  examples: [{ name: 'sent', status: 200, path: `/v1/messages/${EXAMPLE_IDS.sentMessage}` }],
});

export const resendMessage = defineRoute({
  id: 'resendMessage',
  method: 'POST',
  path: '/v1/messages/{id}/resend',
  tag,
  summary: 'Send the same once more, as a message of its own',
  roles: AGENTS,
  quota: 'rest',
  params: messageParams,
  body: optionalJsonBody(nothing),
  precondition: 'optional',
  idempotency: 'optional',
  answers: {
    201: {
      description: 'The new message',
      schema: messageView,
      hasETag: true,
      hasLocation: true,
    },
  },
  problems: ['not_found', 'conflict'],
  examples: [
    {
      name: 'it never arrived',
      status: 201,
      path: `/v1/messages/${EXAMPLE_IDS.sentMessage}/resend`,
    },
  ],
});

export const MESSAGE_ROUTES: readonly RouteSpec[] = [listMessages, getMessage, resendMessage];
