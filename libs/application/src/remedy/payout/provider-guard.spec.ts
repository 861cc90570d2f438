import type { PayoutAnswer, PayoutProvider } from './payout-provider';
import { OPEN_MS, ProviderGuard } from './provider-guard';

const ACCEPTED: PayoutAnswer = {
  kind: 'accepted',
  providerRef: null,
  arrives: null,
  isPending: false,
};
const UNKNOWN: PayoutAnswer = { kind: 'unknown', reason: 'HTTP 500' };

describe('what stands between the payer and a provider', () => {
  let words: string[];
  let guard: ProviderGuard;
  const provider = { name: 'p', timeoutMs: 1_000, atOnceMax: 3 } as PayoutProvider;
  const say = (...answers: PayoutAnswer[]) =>
    Promise.all(answers.map((answer) => guard.ask(() => Promise.resolve(answer))));

  beforeEach(() => {
    jest.useFakeTimers();
    words = [];
    guard = new ProviderGuard(provider, (word) => words.push(word));
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('lets through as many at a time as the provider takes', async () => {
    let end: () => void = () => undefined;
    const work = guard.occupy(() => new Promise<void>((done) => (end = done)));
    expect(guard.room).toBe(2);
    end();
    await work;
    expect(guard.room).toBe(3);
  });

  it('opens after five answers in a row that say nothing, and lets nobody through', async () => {
    await say(UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN);
    await say(ACCEPTED);
    await say(UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN);
    expect(guard.room).toBe(3);
    await say(UNKNOWN);
    expect(guard.room).toBe(0);
    expect(words).toEqual(['open']);

    const asked = jest.fn(() => Promise.resolve(ACCEPTED));
    expect(await guard.ask(asked)).toMatchObject({ kind: 'unknown' });
    expect(asked).not.toHaveBeenCalled();
  });

  it('lets one try after a while, and closes when that was answered', async () => {
    await say(UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN);
    jest.advanceTimersByTime(OPEN_MS + 1);
    expect(guard.room).toBe(1);
    await say(UNKNOWN);
    expect(guard.room).toBe(0);
    jest.advanceTimersByTime(OPEN_MS + 1);
    await say(ACCEPTED);
    expect(guard.room).toBe(3);
    expect(words.at(-1)).toBe('closed');
  });

  it('takes an account without balance for trouble, and one refusal for none', async () => {
    const disputed: PayoutAnswer = { kind: 'rejected', code: 'charge_disputed', proof: '' };
    const empty: PayoutAnswer = { ...disputed, code: 'insufficient_balance', passes: 'account' };
    await say(disputed, disputed, disputed, disputed, disputed);
    expect(guard.room).toBe(3);
    await say(empty, empty, empty, empty, empty);
    expect(guard.room).toBe(0);
  });

  it('keeps the pause a provider asks for, but no longer than five minutes', async () => {
    await say({ ...UNKNOWN, retryAfterMs: 60 * 60_000 });
    expect(guard.room).toBe(0);
    jest.advanceTimersByTime(5 * 60_000 - 1);
    expect(guard.room).toBe(0);
    jest.advanceTimersByTime(2);
    expect(guard.room).toBe(3);
  });

  it('guarantee 7: gives up an adapter that never answers, and says that nobody knows', async () => {
    const asked = guard.ask(() => new Promise<PayoutAnswer>(() => undefined));
    await jest.advanceTimersByTimeAsync(4_001);
    expect(await asked).toMatchObject({ kind: 'unknown' });
  });

  it('guarantee 7: takes an error for no answer', async () => {
    const broken = () => Promise.reject(new Error('broken'));
    expect(await guard.ask<PayoutAnswer>(broken)).toEqual({ kind: 'unknown', reason: 'broken' });
  });
});
