import { PayDue, RemedyObserver } from '@amends/application';
import { WebhookProvider } from '@amends/channels';
import { SimulatedProvider, useTestDatabase, waitFor, WebhookDialect } from '@amends/testing';
import { creditRule, RemedyWorld } from './remedy-world';

const SECRET = `whsec_${Buffer.from('a secret of at least 24 bytes').toString('base64')}`;
const TIMEOUT_MS = 3_000;

class Circuits extends RemedyObserver {
  readonly words: string[] = [];

  override circuit(provider: string, state: string): void {
    this.words.push(`${provider} ${state}`);
  }
}

describe('providers side by side', () => {
  let world: RemedyWorld;
  let slow: SimulatedProvider;
  let quick: SimulatedProvider;
  const circuits = new Circuits();
  afterAll(async () => {
    await world.close();
    await slow.close();
    await quick.close();
  });
  const database = useTestDatabase();

  beforeAll(async () => {
    const personality = 'first-body';
    const dialect = new WebhookDialect(SECRET, personality);
    slow = await SimulatedProvider.start({ personality, dialect });
    quick = await SimulatedProvider.start({ personality, dialect });
    for (const provider of [slow, quick]) {
      provider.book.capture('pay', { minor: 1_000_000n, currency: 'EUR' });
    }
    const of = (name: string, { url }: SimulatedProvider) =>
      new WebhookProvider({
        name,
        brands: [name],
        url: new URL(url),
        queryUrl: new URL(url),
        secret: SECRET,
        timeoutMs: TIMEOUT_MS,
        atOnceMax: 4,
        promises: { maxPartialRefunds: 1_000 },
      });
    const providers = [of('slow', slow), of('quick', quick)];
    world = await RemedyWorld.open({ url: database().url, providers, observer: circuits });
    await world.rule(
      creditRule({
        id: 'refund',
        pay: { as: 'refund', payment: 'data.payment_id', amount: { fixed: '7.00 EUR' } },
      }),
    );
    await world.rule(creditRule({ id: 'credit' }));
  });

  let count = 0;
  async function decide(rule: string, brand: string, number: number) {
    for (let one = 0; one < number; one += 1) {
      count += 1;
      const event = { data: { payment_id: 'pay', brand } };
      await world.incident({ rule, customer: `c-${String(count)}`, event });
    }
    await world.decide();
  }
  const settledBy = async (provider: string) =>
    (
      await world.row<{ n: number }>(
        `select count(*)::int as n from compensation where provider = $1 and state = 'settled'`,
        [provider],
      )
    ).n;

  it('one that hangs keeps up neither the other nor the wallets, and is left alone', async () => {
    slow.script(...Array<'hang-before'>(20).fill('hang-before'));
    await decide('refund', 'slow', 20);
    await decide('refund', 'quick', 20);
    const payer = new PayDue(world.remedy);
    const [slowly, quickly] = payer.lanes;
    if (!slowly || !quickly) throw new Error('two lanes were to be there');

    const startedMs = performance.now();
    await slowly.turn();
    await waitFor(
      async () => {
        await quickly.turn();
        await slowly.turn();
        return (await settledBy('quick')) === 20;
      },
      { what: 'the other provider' },
    );
    await decide('credit', 'slow', 10);

    expect(await settledBy('wallet')).toBe(10);
    expect(performance.now() - startedMs).toBeLessThan(TIMEOUT_MS);
    // No more than it was said to take at a time.
    expect(slow.requests).toHaveLength(4);

    await slowly.settled();
    await slowly.turn();
    await slowly.settled();
    expect(circuits.words).toEqual(['slow open']);
    expect(await slowly.turn()).toBe(0);
    expect(slow.requests.length).toBeLessThanOrEqual(8);
    await payer.strays();
  });

  it('one that asks for a pause gets it, and nothing is lost', async () => {
    quick.script('too-many-requests');
    await decide('refund', 'quick', 1);
    const payer = new PayDue(world.remedy);
    const [, lane] = payer.lanes;
    if (!lane) throw new Error('two lanes were to be there');
    await lane.turn();
    await lane.settled();

    await decide('refund', 'quick', 3);
    expect(await lane.turn()).toBe(0);
    await world.hurry();
    await waitFor(
      async () => {
        await lane.turn();
        await lane.settled();
        return (await settledBy('quick')) === 24;
      },
      { what: 'the end of the pause' },
    );
  });
});
