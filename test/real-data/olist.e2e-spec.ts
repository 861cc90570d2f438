import { createTestDatabase, spawnService, waitFor, type SpawnedService } from '@amends/testing';
import { sentTwice, shuffledWithin } from './data/disorder';
import { olistEvents, olistOrders, type OlistOrder } from './data/olist';
import type { RealEvent } from './data/real-event';
import { addressBook, AFTER_THE_LAST_PROMISE, outcomeOf, owed, type Outcome } from './olist-answer';
import { endInput, feed, type FeedOptions } from './service/feed';
import { Rest } from './service/rest';
import { exampleRule, goLive } from './service/rules';

const HOUR_MS = 3_600_000;

/** Points a process dies at, and at which pass: in batches, in decisions, around messages, at the door. */
const CRASHES = [
  'ingest.after-commit:3',
  'detector.after-fence:2',
  'decision.before-commit:2',
  'decision.after-commit:2',
  'decision.after-lock:2',
  'message.after-claim:2',
  'message.before-record:2',
  'detector.before-state-write:2',
  'detector.before-commit:2',
  'detector.after-commit:2',
] as const;

describe('4,000 real orders', () => {
  const orders = olistOrders();
  const breached = orders.filter((order) => order.breached);
  const events = olistEvents(orders);
  let service: SpawnedService;
  let rest: Rest;
  let tidyUp: () => Promise<void>;

  beforeEach(async () => {
    const database = await createTestDatabase();
    service = await spawnService({
      databaseUrl: database.url,
      env: { AMENDS_CLOCK: 'stream', LOG_LEVEL: 'warn' },
    });
    tidyUp = async () => {
      await service.close();
      await database.drop();
    };
    rest = new Rest(service);
    const rule = exampleRule('late-delivery');
    await goLive(rest, { ...rule, detect: { ...rule.detect, allow_late: '1h' } });
  });

  afterEach(() => tidyUp());

  async function play(arrivals: readonly RealEvent[], options: FeedOptions = {}) {
    await feed(rest, addressBook(orders), options);
    const fed = await feed(rest, arrivals, options);
    await endInput(rest, AFTER_THE_LAST_PROMISE, options.recover);
    return fed;
  }

  it('make exactly 381 incidents, one credit and one message each', async () => {
    const fed = await play(events);

    expect(fed).toEqual({ accepted: events.length, duplicates: 0 });
    expectTheRightAnswer(await outcomeOf(service, rest, breached.length, 60_000), breached);
  });

  it('make the same 381 when they arrive up to an hour out of order', async () => {
    await play(shuffledWithin(events, HOUR_MS, 381));

    expectTheRightAnswer(await outcomeOf(service, rest, breached.length, 60_000), breached);
  });

  it('make the same 381 when everything is sent twice, out of order', async () => {
    const fed = await play(sentTwice(events, HOUR_MS, 381));

    expect(fed).toEqual({ accepted: events.length, duplicates: events.length });
    expectTheRightAnswer(await outcomeOf(service, rest, breached.length, 60_000), breached);
  });

  it('make the same 381 when the process is killed ten times at awkward moments', async () => {
    const deaths: string[] = [];
    const dieAt = async (index: number) => {
      const point = CRASHES[index];
      const crash = point === undefined ? {} : { AMENDS_TEST_CRASH: '1', AMENDS_CRASH_AT: point };
      // What waits from before may bring it to the point before it is ready: a death like any other.
      const isReady = await service.restart(crash).then(
        () => true,
        () => false,
      );
      if (!isReady) await recover();
    };
    const recover = async (): Promise<void> => {
      const { signal } = await service.ended;

      deaths.push(`${CRASHES[deaths.length] ?? 'nowhere'} ${String(signal)}`);
      await dieAt(deaths.length);
    };
    await service.stop();
    await dieAt(0);

    await play(events, { batchSize: 150, recover });
    // All may have been sent before it has died ten times; the end of the input is a batch each time it is told.
    const isOver = async () => {
      await endInput(rest, AFTER_THE_LAST_PROMISE, recover);
      return deaths.length === CRASHES.length;
    };
    await waitFor(isOver, { timeoutMs: 200_000, pollMs: 250, what: 'the last of ten deaths' });

    expect(deaths).toEqual(CRASHES.map((point) => `${point} SIGKILL`));
    // A message that was being sent when the process died waits for its lease of a minute to run out.
    expectTheRightAnswer(await outcomeOf(service, rest, breached.length, 150_000), breached);
  }, 400_000);
});

function expectTheRightAnswer(
  { incidents, compensations, messages }: Outcome,
  breached: readonly OlistOrder[],
): void {
  const orderOf = new Map(incidents.map((one) => [one.id, one.key['data.order_id'] ?? '']));
  const sorted = (ids: Iterable<string>) => [...ids].sort();

  expect(sorted(orderOf.values())).toEqual(sorted(breached.map((order) => order.orderId)));
  expect(incidents.filter(({ state }) => state !== 'paid')).toEqual([]);

  const credits = compensations.map((one) => {
    const { value, currency } = one.amount;
    return `${orderOf.get(one.incident_id) ?? '?'} ${one.as} ${value} ${currency} ${one.state}`;
  });
  const due = breached.map((order) => `${order.orderId} credit ${owed(order)} BRL paid`);
  expect(sorted(credits)).toEqual(sorted(due));

  const told = messages.map(({ compensation_id, state }) => `${compensation_id ?? '?'} ${state}`);
  expect(sorted(told)).toEqual(sorted(compensations.map(({ id }) => `${id} sent`)));
}
