import { TakePayoutHook } from '@amends/application';
import { StripeProvider } from '@amends/channels';
import { SimulatedProvider, StripeDialect, useTestDatabase } from '@amends/testing';
import { creditRule, RemedyWorld } from './remedy-world';

const SECRET_KEY = 'rk_test_restricted';
const WEBHOOK_SECRET = 'whsec_of_the_endpoint';

describe('webhooks of a payout provider', () => {
  let world: RemedyWorld;
  let stripe: SimulatedProvider;
  let offsetMs = 0;
  afterAll(async () => {
    await world.close();
    await stripe.close();
  });
  const database = useTestDatabase();

  beforeAll(async () => {
    stripe = await SimulatedProvider.start({
      personality: 'first-body',
      dialect: new StripeDialect({ secretKey: SECRET_KEY, webhookSecret: WEBHOOK_SECRET }),
      now: () => Date.now() + offsetMs,
    });
    const provider = new StripeProvider({
      secretKey: SECRET_KEY,
      webhookSecret: WEBHOOK_SECRET,
      baseUrl: new URL(stripe.url),
      timeoutMs: 300,
    });
    world = await RemedyWorld.open({ url: database().url, providers: [provider] });
    await world.rule(
      creditRule({
        id: 'refund',
        pay: { as: 'refund', payment: 'data.payment_id', amount: { fixed: '7.00 EUR' } },
      }),
    );
  });

  let count = 0;
  async function decided() {
    count += 1;
    const payment = `pi_${String(count)}`;
    stripe.book.capture(payment, { minor: 1000n, currency: 'EUR' });
    const event = { data: { payment_id: payment } };
    const customer = `c-${String(count)}`;
    const incident = await world.incident({ rule: 'refund', customer, event });
    await world.decide();
    const [compensation] = await world.compensations(incident);
    return compensation?.id ?? '';
  }
  const stateOf = async (id: string) =>
    (await world.row<{ state: string }>('select state from compensation where id = $1', [id]))
      .state;
  const hookOf = (id: string) => {
    const refund = stripe.book.findByKey(`${id}_1`);
    if (!refund) throw new Error('nothing was refunded');
    const { body, headers } = stripe.announce(refund);
    return { bytes: Buffer.from(body), headers };
  };
  const take = (hook: Parameters<TakePayoutHook['execute']>[1], name = 'stripe') =>
    new TakePayoutHook(world.remedy).execute(name, hook);

  it('guarantee 7: make an unknown payout be fetched at once, and not be believed', async () => {
    const id = await decided();
    stripe.script('cut-after');
    await world.pay();
    expect(await stateOf(id)).toBe('unknown');
    stripe.requests.length = 0;

    expect(await take(hookOf(id))).toBe('taken');
    expect(await stateOf(id)).toBe('unknown');
    await world.pay();

    expect(await stateOf(id)).toBe('settled');
    expect(stripe.requests.map(({ kind }) => kind)).toEqual(['list']);
  });

  it('guarantee 7: one that says what is not so changes nothing', async () => {
    const id = await decided();
    await world.pay();
    const refund = stripe.book.findByKey(`${id}_1`);
    if (!refund) throw new Error('nothing was refunded');
    const { dialect } = {
      dialect: new StripeDialect({ secretKey: '', webhookSecret: WEBHOOK_SECRET }),
    };
    const { body, headers } = dialect.announce({ refund, status: 'failed' });

    expect(await take({ bytes: Buffer.from(body), headers })).toBe('taken');
    await world.pay();

    expect(await stateOf(id)).toBe('settled');
  });

  it('tell of a refund that the bank sends back days after it had succeeded', async () => {
    const id = await decided();
    stripe.script('fail-after-success');
    await world.pay();
    expect(await stateOf(id)).toBe('settled');
    offsetMs += 4 * 24 * 3_600_000;

    expect(await take(hookOf(id))).toBe('taken');
    await world.pay();

    expect(await stateOf(id)).toBe('reversed');
  });

  it('may come as often as they like: each is looked after once', async () => {
    const id = await decided();
    await world.pay();
    const hook = hookOf(id);

    const taken = await Promise.all([take(hook), take(hook), take(hook)]);

    expect(taken.sort()).toEqual(['known', 'known', 'taken']);
  });

  it('are refused unsigned, and passed over when they are about nothing of ours', async () => {
    const id = await decided();
    await world.pay();
    const hook = hookOf(id);
    stripe.book.capture('pi_elsewhere', { minor: 1000n, currency: 'EUR' });
    stripe.book.refund({
      key: 'of the shop',
      payment: 'pi_elsewhere',
      money: { minor: 1n, currency: 'EUR' },
    });
    const foreign = stripe.book.findByKey('of the shop');
    if (!foreign) throw new Error('nothing was refunded');
    const { body, headers } = stripe.announce(foreign);

    expect(await take({ ...hook, headers: {} })).toBe('not_signed');
    expect(await take(hook, 'nobody')).toBe('no_such_provider');
    expect(await take({ bytes: Buffer.from(body), headers })).toBe('other');
  });
});
