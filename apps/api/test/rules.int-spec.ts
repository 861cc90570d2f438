import { putHistory, useTestDatabase } from '@amends/testing';
import { stringify } from 'yaml';
import { EXAMPLE_RULE } from '../src/routes/rules/example-rule';
import { startApi, type ApiHarness } from './api-harness';

const database = useTestDatabase();
let api: ApiHarness;

beforeAll(async () => {
  api = await startApi(database().url);
  await api.call('/v1/templates/late-lunch', {
    method: 'PUT',
    body: { locales: { en: { sms: { text: 'Sorry for order {{ order }}: {{ amount }}.' } } } },
    headers: CREATE,
  });
});

afterAll(() => api.close());

const CREATE = { 'If-None-Match': '*' };
const rule = (id: string, changes: object = {}) => ({ ...EXAMPLE_RULE, id, ...changes });
const put = (id: string, body: unknown, headers: Record<string, string> = CREATE) =>
  api.call(`/v1/rules/${id}`, { method: 'PUT', body, headers });

describe('saving a rule', () => {
  it('answers with its version, tag, sentence, tests, lints and document', async () => {
    const { status, etag, headers, body } = await put('save-1', rule('save-1'));

    expect([status, headers.get('location')]).toEqual([201, '/v1/rules/save-1']);
    expect(etag).toMatch(/^"v1-[0-9a-f]{4}"$/);
    expect(body).toMatchObject({
      id: 'save-1',
      version: 1,
      managed_by: 'console',
      tests: { passed: 1, failed: 0 },
      lints: [],
      rollout: { live: null, shadow: null },
      document: rule('save-1'),
    });
    expect(body.sentence.en).toContain('delivery.delivered');
    expect(body.sentence.zh).toMatch(/[\u4e00-\u9fff]/);
  });

  it('YAML is as good, and the same document again makes no version', async () => {
    const yaml = { ...CREATE, 'Content-Type': 'application/yaml' };
    const first = await put('save-2', stringify(rule('save-2')), yaml);
    const again = await put('save-2', rule('save-2'), { 'If-Match': first.etag ?? '' });

    expect([first.status, again.status]).toEqual([201, 200]);
    expect([again.body.version, again.etag]).toEqual([1, first.etag]);
  });

  it('each change is a version; versions stay, and tell what changed', async () => {
    const first = await put('save-3', rule('save-3'));
    const changed = rule('save-3', { title: 'Lunch far too late' });
    const second = await put('save-3', changed, { 'If-Match': first.etag ?? '' });
    const stale = await put('save-3', rule('save-3'), { 'If-Match': first.etag ?? '' });

    expect([second.status, second.body.version]).toEqual([200, 2]);
    expect([stale.status, stale.etag]).toEqual([412, second.etag]);
    const old = await api.call('/v1/rules/save-3/versions/1');
    expect(old.body.document.title).toBe(EXAMPLE_RULE.title);
    const { body } = await api.call('/v1/rules/save-3/versions/2?diff=1');
    expect(body.diff).toEqual({
      from: 1,
      to: 2,
      changes: [
        { op: 'replace', path: '/title', before: EXAMPLE_RULE.title, after: 'Lunch far too late' },
      ],
    });
    expect((await api.call('/v1/rules/save-3/versions/3')).status).toBe(404);
  });

  it('of two savings at once, one is stale', async () => {
    const first = await put('save-4', rule('save-4'));
    const answers = await Promise.all(
      ['a', 'b', 'c'].map((title) =>
        put('save-4', rule('save-4', { title }), { 'If-Match': first.etag ?? '' }),
      ),
    );

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412]);
  });

  it('facts keep the order they are written in: later ones may use earlier ones', async () => {
    const detect = {
      ...EXAMPLE_RULE.detect,
      let: { zeit: 'minutes(data.delivered_at, data.promised_at)', late: 'zeit * 1.0' },
    };
    const saved = await put('save-5', rule('save-5', { detect }));
    expect(saved.status).toBe(201);

    const { body } = await api.call('/v1/rules/save-5');
    expect(Object.keys(body.document.detect.let as object)).toEqual(['zeit', 'late']);
  });

  it('names every mistake with its pointer, in the language of the reader', async () => {
    const wrong = rule('save-6', {
      pay: { as: 'credit' },
      limits: [{ per: 'customer' }],
      titel: 'x',
    });
    const { status, body, headers } = await put('save-6', wrong, {
      ...CREATE,
      'Accept-Language': 'zh-CN',
    });

    expect([status, body.code]).toEqual([422, 'invalid_rule']);
    expect(headers.get('content-language')).toBe('zh-CN');
    expect(body.title).toMatch(/^规则有 \d+ 处错误$/);
    const pointers = (body.errors as { pointer: string }[]).map(({ pointer }) => pointer);
    expect(pointers).toEqual(expect.arrayContaining(['/titel', '/pay']));
    expect(pointers.some((pointer) => pointer.startsWith('/limits/0'))).toBe(true);
    expect((await api.call('/v1/rules/save-6')).status).toBe(404);
  });

  it('a failing test refuses the version and is named', async () => {
    const [test] = EXAMPLE_RULE.tests;
    const tests = [{ ...test, expect: [{ customer: 'c1', pay: '4.00 CNY' }] }];
    const { status, body } = await put('save-7', rule('save-7', { tests }));

    expect([status, body.code]).toEqual([422, 'rule_tests_failed']);
    expect(body.errors).toMatchObject([{ pointer: '/tests/0', code: 'test_failed' }]);
    expect(body.errors[0].message).toContain('half an hour late');
    expect(body.errors[0].message).toContain('13.00 CNY');
  });

  it('a calendar, a template or a span of history that is not there is a mistake', async () => {
    const deadline = {
      type: 'deadline',
      start: 'order.placed',
      expect: 'order.shipped',
      by: 'data.order_id',
      due: '2d',
      calendar: 'moon-days',
    };
    const skip = [{ event: 'refund.issued', same: 'data.order_id', over: '2000d' }];
    const { status, body } = await put(
      'save-8',
      rule('save-8', {
        detect: deadline,
        pay: { as: 'credit', amount: { fixed: '4.00 CNY' } },
        skip_if: skip,
        message: { template: 'no-such', channels: ['email'] },
        tests: [],
      }),
    );

    expect([status, body.code]).toEqual([422, 'invalid_rule']);
    const errors = body.errors as { pointer: string; code: string }[];
    expect(errors.map(({ pointer, code }) => [pointer, code])).toEqual([
      ['/detect/calendar', 'unknown_calendar'],
      ['/message/template', 'unknown_template'],
      ['/skip_if/0/over', 'beyond_retention'],
    ]);
  });

  it('what is missing elsewhere is named beside the mistakes of the document, with a hint', async () => {
    const { status, body } = await put(
      'save-10',
      rule('save-10', {
        titel: 'x',
        message: { template: 'late-lunsh', channels: ['email'] },
        skip_if: [
          { event: 'refund.issued', same: 'data.order_id', over: '2000d' },
          { event: 'refund.denied', same: 'data.order_id', over: '2001d' },
        ],
      }),
    );

    expect([status, body.code]).toEqual([422, 'invalid_rule']);
    expect(body.errors).toMatchObject([
      { pointer: '/titel', code: 'unknown_key' },
      { pointer: '/message/template', code: 'unknown_template', hint: 'Did you mean late-lunch?' },
      { pointer: '/skip_if/0/over', code: 'beyond_retention' },
      { pointer: '/skip_if/1/over', code: 'beyond_retention' },
    ]);
  });

  it('failing tests are named beside what is missing elsewhere', async () => {
    const [test] = EXAMPLE_RULE.tests;
    const { body } = await put(
      'save-11',
      rule('save-11', {
        message: { template: 'no-such', channels: ['email'] },
        tests: [{ ...test, expect: [] }],
      }),
    );

    expect(body.errors).toMatchObject([
      { pointer: '/message/template', code: 'unknown_template' },
      { pointer: '/tests/0', code: 'test_failed' },
    ]);
  });

  it('the id of the document is that of the path', async () => {
    const { status, body } = await put('save-9', rule('save-8'));

    expect([status, body.errors[0].pointer]).toEqual([422, '/id']);
  });
});

describe('validating', () => {
  it('says everything and stores nothing', async () => {
    const { status, body } = await api.call('/v1/rules/validate', {
      method: 'POST',
      body: rule('look-1'),
    });

    expect(status).toBe(200);
    expect(body).toMatchObject({
      valid: true,
      problems: [],
      tests: { passed: 1, failed: 0, results: [{ name: 'half an hour late', ok: true }] },
      blast_radius: { events_read: 0, incidents: 0, is_complete: true, money: [] },
    });
    expect((await api.call('/v1/rules/look-1')).status).toBe(404);
  });

  it('shows what the rule would have done in the last seven days', async () => {
    const day = 86_400_000;
    for (const [index, minutes] of [5, 15, 45].entries()) {
      const at = new Date(Date.now() - day + index * 60_000);
      const data = {
        order_id: `o${String(index)}`,
        promised_at: at.toISOString(),
        delivered_at: new Date(at.getTime() + minutes * 60_000).toISOString(),
        cause: 'courier',
      };
      const id = `v-${String(index)}`;
      const event = { time: at, type: 'delivery.delivered', id, customer: 'c1', data };
      await putHistory(database().pool, [event]);
    }
    const { body } = await api.call('/v1/rules/validate', { method: 'POST', body: rule('look-2') });

    expect(body.blast_radius).toMatchObject({
      events_read: 3,
      incidents: 2,
      customers: 1,
      money: [{ value: '17.00', currency: 'CNY' }],
    });
  });

  it('names problems, failing tests and what does not exist', async () => {
    const [test] = EXAMPLE_RULE.tests;
    const failing = rule('look-3', { tests: [{ ...test, expect: [] }] });
    const missing = rule('look-4', { message: { template: 'no-such', channels: ['sms'] } });
    const look = async (body: unknown) =>
      (await api.call('/v1/rules/validate', { method: 'POST', body })).body;

    expect(await look(failing)).toMatchObject({
      valid: false,
      problems: [],
      tests: { failed: 1, results: [{ ok: false }] },
    });
    expect(await look(missing)).toMatchObject({
      valid: false,
      problems: [{ pointer: '/message/template', code: 'unknown_template' }],
    });
    expect(await look({ kind: 'Rule' })).toMatchObject({ valid: false, tests: null });
  });
});

describe('the rollout', () => {
  const setTo = (id: string, body: unknown, tag: string) =>
    api.call(`/v1/rules/${id}/rollout`, {
      method: 'PUT',
      body,
      headers: tag === '' ? {} : { 'If-Match': tag },
    });
  const generation = async () =>
    (await api.database.query<{ generation: bigint }>('select generation from rule_set')).rows[0]
      ?.generation ?? 0n;

  it('was never set: off, with the tag "r0"; each setting has the next one', async () => {
    await put('roll-1', rule('roll-1'));
    const never = await api.call('/v1/rules/roll-1/rollout');
    expect([never.etag, never.body.live, never.body.shadow]).toEqual(['"r0"', null, null]);
    expect((await setTo('roll-1', { live: { version: 1 } }, '')).status).toBe(428);

    const before = await generation();
    const first = await setTo('roll-1', { live: { version: 1 }, note: 'go' }, '"r0"');
    expect([first.status, first.etag]).toEqual([200, '"r1"']);
    expect(first.body.live).toMatchObject({ version: 1, percent: 100 });
    expect(await generation()).toBeGreaterThan(before);

    const stale = await setTo('roll-1', {}, '"r0"');
    const off = await setTo('roll-1', { live: null }, '"r1"');
    expect([stale.status, stale.etag]).toEqual([412, '"r1"']);
    expect([off.status, off.body.live, off.etag]).toEqual([200, null, '"r2"']);
  });

  it('`since` is that of the version and percent that run', async () => {
    await put('roll-2', rule('roll-2'));
    const first = await setTo('roll-2', { live: { version: 1, percent: 5 } }, '"r0"');
    const same = await setTo('roll-2', { live: { version: 1, percent: 5 }, note: 'again' }, '"r1"');
    const more = await setTo('roll-2', { live: { version: 1, percent: 20 } }, '"r2"');

    expect(same.body.live.since).toBe(first.body.live.since);
    expect(more.body.live.since > first.body.live.since).toBe(true);
  });

  it('tells what a day of it is expected to bring, by the days before it', async () => {
    const late = 'canteen.late';
    const day = 86_400_000;
    // Twenty customers on each of the last seven days, ten of them twice; and one before that.
    const events = [1, 2, 3, 4, 5, 6, 7, 10].flatMap((ago) =>
      Array.from({ length: ago === 10 ? 1 : 30 }, (_, n) => {
        const time = new Date(Date.now() - ago * day + 60_000 + n);
        const customer = `eater-${String(n % 20)}`;
        const order = { order_id: `l-${String(ago)}-${String(n)}` };
        return { time, type: late, customer, id: order.order_id, data: order };
      }),
    );
    await putHistory(database().pool, events);
    const document = {
      kind: 'Rule',
      title: 'Lunch late',
      detect: { type: 'event', event: late, by: 'data.order_id' },
      pay: { as: 'credit', amount: { fixed: '4.00 EUR' } },
    };
    await put('roll-day', { ...document, id: 'roll-day' });
    const detect = { ...document.detect, event: 'canteen.never' };
    await put('roll-none', { ...document, id: 'roll-none', detect });

    const half = await setTo('roll-day', { live: { version: 1, percent: 50 } }, '"r0"');
    expect([half.status, half.body.expected_per_day]).toEqual([
      200,
      { customers: 10, money: [{ value: '60.00', currency: 'EUR' }] },
    ]);
    const all = await setTo('roll-day', { live: { version: 1 } }, '"r1"');
    const expected = { customers: 20, money: [{ value: '120.00', currency: 'EUR' }] };
    expect(all.body.expected_per_day).toEqual(expected);
    const shown = await api.call('/v1/rules/roll-day/rollout');
    expect(shown.body.expected_per_day).toEqual(expected);

    const none = await setTo('roll-none', { live: { version: 1 } }, '"r0"');
    const off = await setTo('roll-day', { live: null, shadow: { version: 1 } }, '"r2"');
    expect([none.body.expected_per_day, off.body.expected_per_day]).toEqual([null, null]);
  });

  it.each([
    ['a version that is not there', { live: { version: 7 } }, '/live/version', 'unknown_version'],
    [
      'a shadow that is not there',
      { shadow: { version: 7 } },
      '/shadow/version',
      'unknown_version',
    ],
    ['too many percent', { live: { version: 1, percent: 101 } }, '/live/percent', 'too_big'],
    ['fewer than none', { live: { version: 1, percent: -1 } }, '/live/percent', 'too_small'],
    ['half a percent', { live: { version: 1, percent: 0.5 } }, '/live/percent', 'wrong_type'],
    ['a misspelt lane', { life: { version: 1 } }, '/life', 'unknown_field'],
  ])('%s is refused', async (_name, body, pointer, code) => {
    await put('roll-3', rule('roll-3'));
    const answer = await setTo('roll-3', body, '"r0"');

    expect(answer.status).toBe(422);
    expect(answer.body.errors).toMatchObject([{ pointer, code }]);
  });

  it('does not exist for a rule that does not', async () => {
    expect((await api.call('/v1/rules/nothing/rollout')).status).toBe(404);
    expect((await setTo('nothing', { live: { version: 1 } }, '"r0"')).status).toBe(404);
  });

  it('leaves the tag of the document in force for the next saving', async () => {
    const saved = await put('roll-4', rule('roll-4'));
    await setTo('roll-4', { live: { version: 1 } }, '"r0"');
    const shown = await api.call('/v1/rules/roll-4');
    expect(shown.etag).not.toBe(saved.etag);
    expect(shown.body.rollout.live.version).toBe(1);

    const title = { title: 'Other' };
    const next = await put('roll-4', rule('roll-4', title), { 'If-Match': saved.etag ?? '' });
    expect([next.status, next.body.version]).toEqual([200, 2]);
    expect(
      (await put('roll-4', rule('roll-4'), { 'If-Match': next.etag ?? '' })).body.version,
    ).toBe(3);
  });

  it('remembers every version that ran, and who said so', async () => {
    await put('roll-5', rule('roll-5'));
    await setTo(
      'roll-5',
      { live: { version: 1 }, shadow: { version: 1 }, note: 'why not' },
      '"r0"',
    );
    const { rows } = await api.database.query(
      `select lane, version, drained from rule_run where rule_id = 'roll-5' order by lane`,
    );
    const audit = await api.call('/v1/audit?object=rule:roll-5&action=rollout.set');

    expect(rows).toEqual([
      { lane: 0, version: 1, drained: false },
      { lane: 1, version: 1, drained: false },
    ]);
    expect(audit.body.items).toMatchObject([
      { reason: 'why not', before: { live: null }, after: { live: { version: 1, percent: 100 } } },
    ]);
  });

  it('makes history findable by what the rule looks up, before it runs', async () => {
    const event = {
      specversion: '1.0',
      id: 'refund-1',
      source: '/pay',
      type: 'refund.issued',
      time: '2026-03-01T00:00:00.123456Z',
      data: { order_id: 'o-77' },
    };
    const kept = { time: event.time, type: event.type, body: JSON.stringify(event) };
    for (let n = 0; n < 3; n += 1) await putHistory(database().pool, [kept]);
    const skip = [{ event: 'refund.issued', same: 'data.order_id', over: '30d' }];
    await put('roll-6', rule('roll-6', { skip_if: skip }));
    await setTo('roll-6', { live: { version: 1 } }, '"r0"');
    // A second rule with the same look-up finds it filled, and fills nothing twice.
    await put('roll-7', rule('roll-7', { skip_if: skip }));
    await setTo('roll-7', { live: { version: 1 } }, '"r0"');

    const { rows } = await api.database.query<{ n: number; hashes: number }>(
      `select count(*)::int as n, count(distinct value_hash)::int as hashes from history_key
       where type = 'refund.issued' and path = 'data.order_id'`,
    );
    expect(rows).toEqual([{ n: 3, hashes: 1 }]);
    const paths = await api.database.query(
      `select filled_back_at is not null as filled from history_key_path where type = 'refund.issued'`,
    );
    expect(paths.rows).toEqual([{ filled: true }]);
  });

  it('asks for a back-test where the account wants one, unless an Admin says why not', async () => {
    await put('roll-8', rule('roll-8'));
    const settings = await api.call('/v1/settings');
    const {
      updated_at: _at,
      updated_by: _by,
      ...document
    } = settings.body as Record<string, unknown>;
    await api.call('/v1/settings', {
      method: 'PUT',
      body: { ...document, backtest_required: true },
      headers: { 'If-Match': settings.etag ?? '' },
    });

    const refused = await setTo('roll-8', { live: { version: 1 } }, '"r0"');
    const shadow = await setTo('roll-8', { shadow: { version: 1 } }, '"r0"');
    const forced = await setTo(
      'roll-8',
      { live: { version: 1 }, override_reason: 'a recall cannot wait' },
      '"r1"',
    );

    expect([refused.status, refused.body]).toEqual([
      409,
      expect.objectContaining({
        code: 'backtest_required',
        title: 'Version 1 has no finished back-test',
        hint: 'POST /v1/backtests, or an Admin sends override_reason',
      }),
    ]);
    expect([shadow.status, forced.status]).toEqual([200, 200]);
  });
});

describe('the list', () => {
  it('is filtered by label and by what runs', async () => {
    await put('list-1', rule('list-1', { labels: { team: 'pizza' } }));
    const byLabel = await api.call('/v1/rules?label.team=pizza&label.team=pasta');
    const off = await api.call('/v1/rules?mode=off&label.team=pizza');
    const live = await api.call('/v1/rules?mode=live&label.team=pizza');

    expect((byLabel.body.items as { id: string }[]).map(({ id }) => id)).toEqual(['list-1']);
    expect([off.body.items.length, live.body.items.length]).toEqual([1, 0]);
    expect((await api.call('/v1/rules?label.team=x&mode=lively')).status).toBe(400);
  });
});
