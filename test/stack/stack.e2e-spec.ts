import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { testRunFolder, waitFor } from '@amends/testing';

jest.setTimeout(300_000);

const ROOT = resolve(__dirname, '../..');
const ADMIN_KEY = 'amk_stack_0123456789abcdefghijklmnop';
/** From the death of a process until it does its work again. */
const REPLACED_MS = 15_000;

const RULE = {
  kind: 'Rule',
  id: 'long-wait',
  title: 'A long wait on the telephone',
  detect: {
    type: 'event',
    event: 'support.call.ended',
    by: 'data.call_id',
    where: { 'data.waited_s': { gte: 600 } },
  },
  pay: { as: 'credit', amount: { fixed: '3.00 EUR' } },
  message: { template: 'goodwill', channels: ['email'] },
};
const TEMPLATE = {
  kind: 'Template',
  id: 'goodwill',
  title: 'Goodwill',
  locales: {
    en: { email: { subject: 'We are sorry', text: 'You have {{ amount }} as {{ as }}.' } },
  },
};

describe('npm run stack', () => {
  let stack: ChildProcess;
  let ended: Promise<number | null>;
  let output = '';
  let folder = '';
  let url = '';

  beforeAll(async () => {
    stack = spawn(process.execPath, [join(ROOT, 'scripts/stack.mjs')], {
      cwd: ROOT,
      env: {
        ...process.env,
        // Below the folder of the run, so that it is ended with the run in any case.
        TMPDIR: testRunFolder(),
        PORT: '0',
        AMENDS_ADMIN_KEY: ADMIN_KEY,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [stack.stdout, stack.stderr]) {
      stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    }
    ended = new Promise((done) => stack.once('exit', done));
    await waitFor(() => stack.exitCode !== null || /^ready;/m.test(output), {
      timeoutMs: 240_000,
      what: 'the stack',
    });
    const found = /^api +(http:\S+)$/m.exec(output)?.[1];
    if (found === undefined) throw new Error(output);
    url = found;
    folder = /^logs +(\S+)$/m.exec(output)?.[1] ?? '';
    const isNew = { 'if-none-match': '*' };
    await send('PUT', '/v1/templates/goodwill', TEMPLATE, isNew);
    const customer = { email: 'ana@example.org', locale: 'en' };
    await send('PUT', '/v1/customers/ana', customer, isNew);
    await send('PUT', '/v1/rules/long-wait', RULE, isNew);
    const live = { live: { version: 1, percent: 100 } };
    await send('PUT', '/v1/rules/long-wait/rollout', live, { 'if-match': '"r0"' });
  }, 300_000);

  afterAll(async () => {
    if (stack.exitCode === null) stack.kill('SIGKILL');
    await ended;
  });

  async function send(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ) {
    const response = await fetch(url + path, {
      method,
      headers: {
        authorization: `Bearer ${ADMIN_KEY}`,
        'content-type': 'application/json',
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${String(response.status)} ${text}`);
    return JSON.parse(text === '' ? 'null' : text);
  }

  const call = (id: string) =>
    send(
      'POST',
      '/v1/events',
      {
        specversion: '1.0',
        id,
        source: '/pbx',
        type: 'support.call.ended',
        time: new Date().toISOString(),
        customerid: 'ana',
        data: { call_id: id, waited_s: 700 },
      },
      { 'content-type': 'application/cloudevents+json' },
    );

  const sent = async () => {
    const { items } = await send('GET', '/v1/messages?customer_id=ana&state=sent');
    return items.length as number;
  };
  const balance = async () => (await send('GET', '/v1/wallets/ana')).balances[0]?.value as string;
  /** As the file says that it keeps, while it runs. */
  const pidFiles = () =>
    readdirSync(folder).filter((name) => /^(api|detector|remedy).*\.pid$/.test(name));
  const pidOf = (name: string) =>
    Number(new RegExp(`^${name} +\\S+ \\((\\d+)\\)$`, 'm').exec(output)?.[1]);

  it('an event posted to the api ends in an incident, a credit and a message', async () => {
    await call('k1');

    await waitFor(async () => (await sent()) === 1, { timeoutMs: 30_000 });
    const { items } = await send('GET', '/v1/incidents?customer_id=ana');
    expect(items).toMatchObject([{ state: 'paid', amount: { value: '3.00' } }]);
    expect(await balance()).toBe('3.00');
    expect(pidFiles()).toHaveLength(5);
  });

  it('whoever is killed is replaced, and work goes on', async () => {
    for (const name of ['detector-1', 'detector-2', 'remedy-1'])
      process.kill(pidOf(name), 'SIGKILL');
    await call('k2');

    await waitFor(async () => (await sent()) === 2, { timeoutMs: 60_000 });
    expect(await balance()).toBe('6.00');
    await waitFor(() => (output.match(/died and was started again/g) ?? []).length === 3, {
      timeoutMs: REPLACED_MS,
    });
    await waitFor(() => pidFiles().length === 5, { timeoutMs: REPLACED_MS });
  });

  it('leaves nothing behind', async () => {
    const pids = ['api', 'detector-1', 'remedy-2'].map(pidOf);
    stack.kill('SIGTERM');

    expect(await ended).toBe(0);
    expect(existsSync(folder)).toBe(false);
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });
});
