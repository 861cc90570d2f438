import { ROLES, type Role } from '@amends/application';
import { useTestDatabase } from '@amends/testing';
import { makeOpenApi } from '../src/openapi/make-openapi';
import { readRecordedAnswers } from '../src/openapi/recorded-answers';
import { startApi, type ApiHarness } from './api-harness';
import { createExampleWorld } from './example-world';

/** Roles per operation as API.md has them; nothing here is taken from the routes. */
const ALL = ['viewer', 'editor', 'approver', 'manager', 'admin'];
const EDIT = ['editor', 'manager', 'admin'];
const DECIDE = ['approver', 'manager', 'admin'];
const CASE = ['editor', 'approver', 'manager', 'admin'];
const MANAGE = ['manager', 'admin'];
const ADMIN = ['admin'];
const MATRIX: Readonly<Record<string, readonly string[] | 'anyone'>> = {
  'POST /v1/events': ['ingest', 'admin'],
  'GET /v1/events': ALL,
  'GET /v1/templates': ALL,
  'PUT /v1/templates/{id}': EDIT,
  'GET /v1/templates/{id}': ALL,
  'POST /v1/templates/{id}/preview': ALL,
  'GET /v1/calendars': ALL,
  'PUT /v1/calendars/{id}': EDIT,
  'GET /v1/calendars/{id}': ALL,
  'POST /v1/rules/validate': ALL,
  'PUT /v1/rules/{id}': EDIT,
  'GET /v1/rules/{id}': ALL,
  'GET /v1/rules': ALL,
  'GET /v1/rules/{id}/versions/{n}': ALL,
  'GET /v1/rules/{id}/rollout': ALL,
  'PUT /v1/rules/{id}/rollout': DECIDE,
  'GET /v1/incidents': ALL,
  'GET /v1/incidents/{id}': ALL,
  'POST /v1/incidents/{id}/dismiss': DECIDE,
  'POST /v1/compensations': CASE,
  'GET /v1/compensations': ALL,
  'GET /v1/compensations/{id}': ALL,
  'POST /v1/compensations/{id}/retry': DECIDE,
  'POST /v1/compensations/{id}/reverse': DECIDE,
  'POST /v1/compensations/{id}/resend': CASE,
  'GET /v1/approvals': ALL,
  'GET /v1/approvals/{id}': ALL,
  'POST /v1/approvals/{id}/approve': DECIDE,
  'POST /v1/approvals/{id}/reject': DECIDE,
  'POST /v1/holds': CASE,
  'GET /v1/holds': ALL,
  'GET /v1/holds/{id}': ALL,
  'POST /v1/holds/{id}/release': DECIDE,
  'PUT /v1/budgets/{id}': MANAGE,
  'GET /v1/budgets/{id}': ALL,
  'PUT /v1/customers/{id}': CASE,
  'GET /v1/customers/{id}': ALL,
  'PUT /v1/customers/{id}/block': MANAGE,
  'POST /v1/customers/{id}/export': MANAGE,
  'POST /v1/customers/{id}/erase': MANAGE,
  'GET /v1/wallets/{customer}': ALL,
  'GET /v1/messages': ALL,
  'GET /v1/messages/{id}': ALL,
  'POST /v1/messages/{id}/resend': CASE,
  'GET /v1/quarantine': ALL,
  'GET /v1/quarantine/{id}': ALL,
  'POST /v1/quarantine/{id}/replay': EDIT,
  'POST /v1/quarantine/{id}/discard': EDIT,
  'GET /v1/settings': ALL,
  'PUT /v1/settings': ADMIN,
  'POST /v1/api-keys': ADMIN,
  'GET /v1/api-keys': ADMIN,
  'GET /v1/api-keys/{id}': ADMIN,
  'DELETE /v1/api-keys/{id}': ADMIN,
  'POST /v1/session': ALL,
  'GET /v1/session': ALL,
  'DELETE /v1/session': ALL,
  'GET /v1/audit': ALL,
  'GET /v1/audit/verify': ALL,
  'GET /v1/jobs/{id}': ALL,
  'DELETE /v1/jobs/{id}': DECIDE,
  'GET /v1/notices': ALL,
  'POST /v1/clock': ADMIN,
  // Let in by the signature over the bytes.
  'POST /v1/payout-hooks/{provider}': 'anyone',
  'GET /healthz': 'anyone',
  'GET /readyz': 'anyone',
  'GET /metrics': 'anyone',
  'GET /openapi.json': 'anyone',
  'GET /docs': 'anyone',
  'GET /schemas/rule.json': 'anyone',
};

interface Schema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
}
interface Operation {
  readonly requestBody?: {
    readonly content: Readonly<
      Record<
        string,
        { readonly schema: Schema; readonly examples?: Record<string, { value: unknown }> }
      >
    >;
  };
}
interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

const METHODS = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options', 'trace'];
const document = makeOpenApi(readRecordedAnswers()) as unknown as OpenApi;
const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  METHODS.flatMap((method) => {
    const operation = item[method];
    return operation === undefined ? [] : [{ method: method.toUpperCase(), path, operation }];
  }),
);

const database = useTestDatabase({
  invariants: { unchecked: 'states are written here, not reached' },
});
const keys = new Map<Role, string>();
let api: ApiHarness;

beforeAll(async () => {
  api = await startApi(database().url);
  await createExampleWorld(api.database, database().pool);
  for (const role of ROLES) {
    const { body } = await api.call('/v1/api-keys', { method: 'POST', body: { name: role, role } });
    keys.set(role, body.secret as string);
  }
});
afterAll(() => api.close());

/** Ids that we give: what looks otherwise is not found before anything else is looked at. */
const OUR_IDS: Readonly<Record<string, string>> = {
  holds: 'hold',
  incidents: 'inc',
  compensations: 'cmp',
  approvals: 'apr',
  messages: 'msg',
  quarantine: 'qua',
};

const nowhere = (path: string) =>
  path
    .replace('{n}', '1')
    .replace(/\/v1\/(\w+)\/\{id\}/, (all: string, name: string) => {
      const prefix = OUR_IDS[name];
      return prefix === undefined ? all : `/v1/${name}/${prefix}_0`;
    })
    .replaceAll(/\{\w+\}/g, 'nothing');

/** A session is made from a key alone. */
const isSignIn = (name: string) => name === 'POST /v1/session';

async function statusBySession(role: Role, method: string, path: string): Promise<number> {
  const key = keys.get(role) ?? '';
  const { headers, body } = await api.call('/v1/session', { method: 'POST', key });
  const Cookie = headers.getSetCookie()[0]?.split(';', 1)[0] ?? '';
  const { status } = await api.call(nowhere(path), {
    method,
    key: null,
    headers: { Cookie, 'X-CSRF-Token': body.csrf_token as string },
  });
  return status;
}

describe('every operation of the document', () => {
  it('has its line in the matrix, and no line is without one', () => {
    expect(operations.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(
      Object.keys(MATRIX).sort(),
    );
  });

  it.each(operations.map(({ method, path }) => [`${method} ${path}`, method, path] as const))(
    '%s lets in who may, and nobody else',
    async (name, method, path) => {
      const line = MATRIX[name] ?? [];
      const isOpen = line === 'anyone';
      const statusOf = async (key: string | null) =>
        (await api.call(nowhere(path), { method, key })).status;

      expect((await statusOf(null)) === 401).toBe(!isOpen);
      expect((await statusOf('amk_0000000000_x')) === 401).toBe(!isOpen);
      for (const role of ROLES) {
        const isAllowed = isOpen || line.includes(role);
        expect([role, (await statusOf(keys.get(role) ?? '')) !== 403]).toEqual([role, isAllowed]);
        if (isOpen || role === 'ingest') continue;
        const status = await statusBySession(role, method, path);
        expect([role, status === 401, status !== 403 || isSignIn(name)]).toEqual([
          role,
          false,
          isAllowed,
        ]);
      }
    },
  );
});

/** What only the service may say of anything, and what others would like to say. */
const NOT_THEIRS = {
  id: 'cmp_0',
  state: 'approved',
  status: 'settled',
  revision: 7,
  version: 7,
  created_at: '2026-01-01T00:00:00Z',
  created_by: 'key_0',
  updated_by: 'key_0',
  author: 'key_0',
  proposed_by: 'key_0',
  requested_by: 'key_0',
  approved_by: 'key_0',
  decided_by: 'key_0',
  decided_at: '2026-01-01T00:00:00Z',
  approver: 'key_0',
  needs_approval: false,
  content_hash: 'sha256:0',
  role: 'admin',
  actor: { kind: 'system', id: 'amends', role: 'admin' },
  amount: { value: '99999.00', currency: 'EUR' },
  amount_minor: 9_999_900,
  spent: { value: '0.00', currency: 'EUR' },
  spent_minor: 0,
  held_minor: 0,
  balance_minor: 9_999_900,
  provider: 'wallet',
  provider_ref: 'x',
  settled_at: '2026-01-01T00:00:00Z',
  rule_id: 'late-delivery',
  customer_id: 'c_other',
  effective_at: '2026-01-01T00:00:00Z',
};

/** What stands in these is a stranger's to say, and is looked at elsewhere. */
const UNBOUND: ReadonlySet<string> = new Set([
  '/v1/events',
  '/v1/rules/validate',
  '/v1/payout-hooks/{provider}',
]);

describe('what a body may not say', () => {
  const bodies = operations.flatMap(({ method, path, operation }) => {
    const json = operation.requestBody?.content['application/json'];
    if (json === undefined || UNBOUND.has(path)) return [];
    const example = Object.values(json.examples ?? {})[0]?.value;
    return [{ name: `${method} ${path}`, method, path, schema: json.schema, example }];
  });

  it('there are bodies to look at', () => {
    expect(bodies.length).toBeGreaterThan(15);
  });

  it.each(bodies.map((body) => [body.name, body] as const))(
    '%s takes nothing that is not its to say',
    async (_name, { method, path, schema, example }) => {
      const known = propertiesOf(schema);
      const body = typeof example === 'object' && example !== null ? example : {};
      for (const [field, value] of Object.entries(NOT_THEIRS)) {
        if (known.has(field)) continue;
        const answer = await api.call(nowhere(path), {
          method,
          body: { ...body, [field]: value },
          headers: { 'If-Match': '*', 'Idempotency-Key': `${method}-${path}-${field}` },
        });
        expect([field, answer.status]).toEqual([field, 422]);
        const pointers = (answer.body.errors as { pointer: string }[]).map(
          ({ pointer }) => pointer,
        );
        expect(pointers).toContain(`/${field}`);
      }
    },
  );

  /** An id or a version in a rule, template, calendar or budget is that of the path, or wrong. */
  function propertiesOf(schema: Schema): ReadonlySet<string> {
    const name = schema.$ref?.split('/').at(-1);
    const found = name === undefined ? schema : document.components.schemas[name];
    return new Set(Object.keys(found?.properties ?? {}));
  }
});

describe('an action in a state that is not its own', () => {
  const put = (text: string, values: unknown[]) => database().pool.query(text, values);
  const act = async (path: string, body: unknown) => {
    const answer = await api.call(path, {
      method: 'POST',
      body,
      headers: { 'If-Match': '*', 'Idempotency-Key': path + JSON.stringify(body) },
    });
    return answer.status < 300 ? 'done' : `${String(answer.status)} ${String(answer.body.code)}`;
  };

  const COMPENSATION = [
    'proposed',
    'awaiting_approval',
    'held',
    'reserved',
    'sending',
    'unknown',
    'settled',
    'failed',
    'withdrawn',
    'rejected',
    'reversed',
  ];

  let count = 0;

  async function compensation(state: string): Promise<string> {
    count += 1;
    const id = `cmp_0STATE${String(count)}`;
    await put(
      `insert into compensation (id, customer_id, kind, amount_minor, currency, state, reason,
         proposed_by, content_hash, incident_at)
       values ($1, 'c_states', 'credit', 100, 'EUR', $2, 'r', 'key_other', 'h', now())`,
      [id, state],
    );
    await put(
      `insert into wallet_balance values ('c_states', 'EUR', 1000) on conflict do nothing`,
      [],
    );
    return id;
  }

  it.each(COMPENSATION)('a compensation that is %s', async (state) => {
    const retry = await compensation(state);
    expect(await act(`/v1/compensations/${retry}/retry`, {})).toBe(
      state === 'failed' ? 'done' : '409 conflict',
    );
    const reverse = await compensation(state);
    expect(await act(`/v1/compensations/${reverse}/reverse`, { reason: 'x' })).toBe(
      state === 'settled' ? 'done' : '409 conflict',
    );
  });

  it.each(['open', 'approved', 'rejected', 'void'])('an approval that is %s', async (state) => {
    for (const [n, verb] of ['approve', 'reject'].entries()) {
      const about = await compensation('awaiting_approval');
      const id = `apr_0STATE${String(n)}${state.toUpperCase()}`;
      await put(
        `insert into approval (id, compensation_id, state, reason, content_hash, amount_minor, currency,
           requested_by, decided_by)
         values ($1, $2, $3, 'r', 'h', 100, 'EUR', 'key_other', $4)`,
        [id, about, state, state === 'open' || state === 'void' ? null : 'key_another'],
      );
      const answer = await act(`/v1/approvals/${id}/${verb}`, { note: 'x' });
      expect([verb, answer]).toEqual([
        verb,
        state === 'open' ? 'done' : expect.stringMatching(/^409 (already_decided|conflict)$/),
      ]);
    }
  });

  it.each(['activating', 'active', 'released', 'expired'])('a hold that is %s', async (state) => {
    const id = `hold_0STATE${state.toUpperCase()}`;
    await put(
      `insert into hold (id, scope, payments, messages, reason, state, created_by)
       values ($1, '{"rule": "nothing"}', true, true, 'r', $2, 'key_other')`,
      [id, state],
    );
    const isOpen = state === 'activating' || state === 'active';
    expect(await act(`/v1/holds/${id}/release`, { held_items: 'review', note: 'n' })).toBe(
      isOpen ? 'done' : '409 conflict',
    );
  });

  it.each(['open', 'replayed', 'discarded'])('something set aside that is %s', async (state) => {
    for (const [n, verb] of ['replay', 'discard'].entries()) {
      const id = `qua_0STATE${String(n)}${state.toUpperCase()}`;
      const event = {
        specversion: '1.0',
        id,
        source: '/s',
        type: 'a.b',
        time: '2026-01-01T00:00:00Z',
      };
      await put(
        `insert into quarantine (id, source, topic, partition, "offset", reason, detail, payload, state)
         values ($1, 'log', 't', $4, hashtext($1), 'rule_failed', 'd', $2, $3)`,
        [id, Buffer.from(JSON.stringify(event)), state, n],
      );
      const body = verb === 'discard' ? { reason: 'x' } : {};
      expect([verb, await act(`/v1/quarantine/${id}/${verb}`, body)]).toEqual([
        verb,
        state === 'open' ? 'done' : '409 conflict',
      ]);
    }
  });

  it.each([
    ['shadow', false],
    ['held_out', true],
    ['skipped', true],
    ['review', true],
    ['held', true],
    ['paying', true],
    ['paid', false],
    ['apologised', false],
    ['failed', true],
    ['reversed', false],
    ['dismissed', false],
    ['refuted', false],
  ])('an incident that is %s', async (state, isAllowed) => {
    const id = `inc_0STATE${state.toUpperCase().replace('_', '')}`;
    await put(
      `insert into incident (id, rule_id, rule_version, lane, key_path, key, occurrence, customer_id,
         state, event_time, detected_at, event, vars, facts, evidence)
       values ($1, 'late-delivery', 1, 0, 'k', $2, '', 'c_states', $3, now(), now(), '{"a":1}', '{}', '{}', '[]')`,
      [id, JSON.stringify(state), state],
    );
    expect(await act(`/v1/incidents/${id}/dismiss`, { reason: 'x' })).toBe(
      isAllowed ? 'done' : '409 conflict',
    );
  });

  it.each(['approver', 'manager', 'admin'] as const)(
    'who created it does not approve it, whatever their role: %s',
    async (role) => {
      const made = await api.call('/v1/api-keys', { method: 'POST', body: { name: 'own', role } });
      const own = made.body as { id: string; secret: string };
      const about = await compensation('awaiting_approval');
      const id = `apr_0OWN${role.toUpperCase()}`;
      await put(
        `insert into approval (id, compensation_id, state, reason, content_hash, amount_minor, currency,
           requested_by) values ($1, $2, 'open', 'r', 'h', 100, 'EUR', $3)`,
        [id, about, own.id],
      );
      for (const [verb, body] of [['approve', {}] as const, ['reject', { note: 'x' }] as const]) {
        const answer = await api.call(`/v1/approvals/${id}/${verb}`, {
          method: 'POST',
          key: own.secret,
          body,
          headers: { 'If-Match': '*', 'Idempotency-Key': `${verb}-${role}` },
        });
        expect([verb, answer.status, answer.body.code]).toEqual([verb, 403, 'self_approval']);
      }
    },
  );
});
