import { Pools } from '@amends/persistence';
import {
  spawnTypescript,
  startOwnBroker,
  testBroker,
  useTestDatabase,
  waitFor,
  type SpawnedScript,
} from '@amends/testing';
import type { Pool } from 'pg';
import { OutboxRelay } from './outbox-relay';
import { relayProgram } from './spec-support/relay-program';
import { ToldEvents } from './spec-support/told-events';

jest.setTimeout(120_000);

const database = useTestDatabase();
let pools: Pools;
let pool: Pool;
let brokers: readonly string[];
const programs: SpawnedScript[] = [];
const readers: ToldEvents[] = [];

beforeAll(async () => {
  brokers = (await testBroker()).brokers;
  pools = await Pools.open({ url: database().url, sizes: { spec: 20 }, outbox: true });
  pool = pools.get('spec');
});

afterEach(async () => {
  await Promise.all(programs.splice(0).map((program) => program.end()));
  await Promise.all(readers.splice(0).map((reader) => reader.close()));
  await pool.query('truncate outbox, message, stream_member cascade');
  await pool.query(`update outbox_lease set until = '-infinity'`);
});

afterAll(() => pools.close());

async function startRelay(env: NodeJS.ProcessEnv = {}): Promise<SpawnedScript> {
  const program = spawnTypescript(relayProgram(), {
    SPEC_DATABASE: database().url,
    SPEC_BROKERS: brokers.join(','),
    ...env,
  });
  programs.push(program);
  await program.line(/relaying/);
  return program;
}

async function read(prefix: string, from: readonly string[] = brokers): Promise<ToldEvents> {
  const reader = await ToldEvents.read(prefix, from);
  readers.push(reader);
  return reader;
}

/** A message, and so many changes of its state: each is an event. */
async function addMessage(customer: string): Promise<void> {
  await pool.query(
    `insert into message (id, dedupe_key, customer_id, template_id, channel, state, text)
     values ($1, $1, $2, 'sorry', 'email', 'queued', 'Dear Ana')`,
    [`msg_${customer}`, customer],
  );
}

async function changeMessage(customer: string): Promise<void> {
  await pool.query(
    `update message set state = case state when 'queued' then 'sent' else 'queued' end,
       revision = revision + 1 where id = $1`,
    [`msg_${customer}`],
  );
}

const left = async (): Promise<number> =>
  (await pool.query<{ n: number }>('select count(*)::int as n from outbox')).rows[0]?.n ?? -1;

const revisionOf = (id: string): number => Number(id.split('.')[1]);

describe('the relay of the outbox', () => {
  it('guarantee 1: keeps the order of each customer and loses nothing, with two relays of which one is killed', async () => {
    const customers = Array.from({ length: 40 }, (_, index) => `two${String(index)}`);
    const told = await read('two');
    const relays = await Promise.all([startRelay(), startRelay()]);
    const [first] = relays;
    // Until both have a share: one that joins late might find all of the work done.
    let warmth = 0;
    const share = async (): Promise<boolean> => {
      await addMessage(`warm${String((warmth += 1))}`);
      return relays.every((relay) => relay.output().includes('relayed'));
    };
    await waitFor(share, { what: 'a share of the work for both', timeoutMs: 30_000, pollMs: 50 });
    const changes = 12;
    let killed = 0;
    await Promise.all(
      customers.map(async (customer, index) => {
        await addMessage(customer);
        for (let change = 0; change < changes; change += 1) {
          await changeMessage(customer);
          await new Promise((resume) => setTimeout(resume, 20));
          if (index !== 0 || change !== 5) continue;
          await waitFor(() => first.output().includes('relayed'), { what: 'a share of the work' });
          killed = performance.now();
          await first.end('SIGKILL');
        }
      }),
    );

    await told.count(customers.length * (changes + 1));
    const seconds = (performance.now() - killed) / 1000;

    for (const customer of customers) {
      const own = told.distinct.filter(({ key }) => key === customer);
      expect(own.map(({ id }) => revisionOf(id))).toEqual(
        Array.from({ length: changes + 1 }, (_, revision) => revision + 1),
      );
    }
    expect(first.output()).toMatch(/relayed/);
    expect(programs[1]?.output()).toMatch(/relayed/);
    // The lease of three seconds, and some for a machine with other work.
    expect(seconds).toBeLessThan(12);
    await waitFor(async () => (await left()) === 0, { what: 'an empty outbox' });
  });

  it('guarantee 1: says the same again, under the same id, after a kill -9 between sending and removing', async () => {
    const told = await read('crash');
    for (const customer of ['crash1', 'crash2', 'crash3']) await addMessage(customer);
    const doomed = spawnTypescript(relayProgram(), {
      SPEC_DATABASE: database().url,
      SPEC_BROKERS: brokers.join(','),
      AMENDS_TEST_CRASH: '1',
      AMENDS_CRASH_AT: 'outbox.after-publish',
    });
    programs.push(doomed);
    await waitFor(() => doomed.process.signalCode === 'SIGKILL', { timeoutMs: 30_000 });
    expect(await left()).toBe(3);

    await startRelay();
    await waitFor(() => told.events.length === 6, { timeoutMs: 30_000, what: 'all of it twice' });

    expect(told.distinct).toHaveLength(3);
    expect(new Set(told.events.map(({ text }) => text)).size).toBe(3);
    await waitFor(async () => (await left()) === 0, { what: 'an empty outbox' });
  });

  it('guarantee 1: loses nothing by a kill -9 before sending', async () => {
    const told = await read('early');
    await addMessage('early1');
    const doomed = spawnTypescript(relayProgram(), {
      SPEC_DATABASE: database().url,
      SPEC_BROKERS: brokers.join(','),
      AMENDS_TEST_CRASH: '1',
      AMENDS_CRASH_AT: 'outbox.before-publish',
    });
    programs.push(doomed);
    await waitFor(() => doomed.process.signalCode === 'SIGKILL', { timeoutMs: 30_000 });
    expect(told.events).toEqual([]);

    await startRelay();

    await told.count(1);
    expect(told.events).toHaveLength(1);
  });

  it('waits while the broker is away, and goes on when it is back', async () => {
    const broker = await startOwnBroker();
    const relayed: number[] = [];
    const relay = new OutboxRelay({
      brokers: broker.brokers,
      pool,
      onRelayed: (_topic, count) => relayed.push(count),
    });
    try {
      await addMessage('away1');
      await relay.turn();
      expect(relayed).toEqual([1]);

      await broker.kill();
      await changeMessage('away1');
      await expect(relay.turn()).rejects.toThrow();
      await changeMessage('away1');
      expect(await relay.turn()).toBe(false);
      expect(await left()).toBe(2);

      await broker.restart();
      await waitFor(
        async () => {
          await relay.turn().catch(() => false);
          return (await left()) === 0;
        },
        { timeoutMs: 30_000, what: 'the rest to be sent' },
      );
      const told = await read('away', broker.brokers);
      await told.count(3);
      expect(told.distinct.map(({ id }) => revisionOf(id))).toEqual([1, 2, 3]);
    } finally {
      await relay.stop();
      await broker.stop();
    }
  });

  it('gives its shards up when it ends in order', async () => {
    await addMessage('leaves1');
    const relays = [1, 2].map(() => new OutboxRelay({ brokers, pool, leaseMs: 60_000 }));
    const [first, second] = relays;
    if (first === undefined || second === undefined) throw new Error('two relays');
    await first.turn();
    expect(await left()).toBe(0);
    await addMessage('leaves2');
    await first.stop();

    await second.turn();

    expect(await left()).toBe(0);
    await second.stop();
  });
});
