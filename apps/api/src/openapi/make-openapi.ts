import { z } from 'zod';
import { ROUTES } from '../routes';
import { operationOf } from './operation';
import type { RecordedAnswers } from './recorded-answers';
import { SchemaComponents } from './schema-components';

const problemView = z
  .looseObject({
    type: z.string().describe('`/problems/…`'),
    title: z.string().describe('In the language of `Accept-Language`: en or zh'),
    status: z.int(),
    code: z.string().describe('Stable; for programs'),
    detail: z.string().optional(),
    hint: z.string().optional().describe('What to do about it'),
    instance: z.string().describe('The path of the request'),
    request_id: z.string(),
    retryable: z.boolean().describe('The same request may succeed later'),
    errors: z
      .array(
        z.object({
          pointer: z.string().describe('JSON Pointer into the body, or to the parameter'),
          code: z.string(),
          message: z.string(),
          hint: z.string().optional(),
          position: z.object({ from: z.int(), to: z.int() }).optional(),
        }),
      )
      .optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 with our extensions' });

const DESCRIPTION = `Amends notices that a customer was let down, makes it good, and says so.

- **Lists** come in pages: \`limit\`, \`cursor\`, \`order\`; newest first. The same parameter repeated is an OR,
  different ones an AND; an unknown one is refused, since a typing error must not widen a filter.
- **Changes** name what they replace: \`If-None-Match: *\` to create, \`If-Match\` with the \`ETag\` to change.
- **Money** is a decimal string with its currency, never a float.
- **Unknown fields** of a request are refused; unknown fields of an answer are to be ignored.`;

const TAGS: Readonly<Record<string, string>> = {
  Events: 'What happened, as the company tells it',
  Templates: 'The words that customers read',
  Calendars: 'Working time',
  Rules: 'When a customer was let down, and what is owed',
  Incidents: 'Every time it happened, and why it was decided so',
  Compensations: 'What was given',
  Approvals: 'What waits for a person',
  Holds: 'The kill switch',
  Budgets: 'What the account may spend',
  Customers: 'Who they are and how to reach them',
  Wallets: 'What was credited to them',
  Messages: 'What they were told',
  Quarantine: 'Events that were set aside',
  Settings: 'What holds for the whole account',
  'API keys': 'Who may do what',
  Session: 'Browsers that are signed in',
  Audit: 'Who did what',
  Clock: 'Time, when it follows the events',
  Service: 'For operators and tools',
};

/** The OpenAPI 3.1 document, made from the same table that the server is bound from. */
export function makeOpenApi(recorded: RecordedAnswers): Record<string, unknown> {
  const components = new SchemaComponents();
  components.ofAnswer(problemView);
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of ROUTES) {
    const path = (paths[route.path] ??= {});
    path[route.method.toLowerCase()] = operationOf(route, components, recorded);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Amends',
      version: '1.0.0',
      description: DESCRIPTION,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ apiKey: [] }, { session: [] }],
    tags: [...new Set(ROUTES.map(({ tag }) => tag))].map((name) => ({
      name,
      description: TAGS[name],
    })),
    paths,
    components: {
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer', description: 'An API key: `amk_…`' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'amends_session',
          description: 'Of `POST /v1/session`; not looked at beside `Authorization`',
        },
        csrfToken: {
          type: 'apiKey',
          in: 'header',
          name: 'X-CSRF-Token',
          description: 'The `csrf_token` of the session, from a page of the same host',
        },
      },
      headers: {
        RequestId: { schema: { type: 'string' }, description: 'Also in the audit row' },
      },
      schemas: Object.fromEntries(
        Object.entries(components.schemas).sort(([a], [b]) => (a < b ? -1 : 1)),
      ),
    },
  };
}
