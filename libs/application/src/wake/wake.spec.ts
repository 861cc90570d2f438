import { Repeating } from './repeating';
import { Wake } from './wake';

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('Wake', () => {
  it('wakes who waits for the topic, and nobody else', async () => {
    const wake = new Wake();
    const woken: string[] = [];
    const waits = [
      wake.wait('log', 5_000).then(() => woken.push('log')),
      wake.wait('log', 5_000).then(() => woken.push('log')),
      wake.wait('rules', 30).then(() => woken.push('rules')),
    ];
    wake.signal('log');
    await sleep(5);
    expect(woken).toEqual(['log', 'log']);
    await Promise.all(waits);
  });

  it('does not lose a signal between looking and waiting', async () => {
    const wake = new Wake();
    const mark = wake.mark('log');
    wake.signal('log');
    const startMs = performance.now();
    await wake.wait('log', 5_000, mark);
    expect(performance.now() - startMs).toBeLessThan(1_000);
  });

  it('lets go after the time given', async () => {
    const startMs = performance.now();
    await new Wake().wait('log', 30);
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(25);
  });
});

describe('Repeating', () => {
  const ignore = { onError: () => undefined };

  it('goes on at once while there is work, and waits when there is none', async () => {
    let turns = 0;
    const loop = new Repeating(async () => ++turns < 5, { everyMs: 10_000, ...ignore });
    await sleep(30);
    expect(turns).toBe(5);
    await loop.stop();
  });

  it('survives turns that throw, and reports them', async () => {
    const errors: unknown[] = [];
    const loop = new Repeating(() => Promise.reject(new Error('away')), {
      everyMs: 5,
      onError: (error) => errors.push(error),
    });
    await sleep(40);
    await loop.stop();
    expect(errors.length).toBeGreaterThan(1);
  });

  it('stops after the turn that runs, without waiting for the next', async () => {
    let isDone = false;
    const loop = new Repeating(
      async () => {
        await sleep(20);
        isDone = true;
      },
      { everyMs: 60_000, ...ignore },
    );
    await sleep(5);
    await loop.stop();
    expect(isDone).toBe(true);

    const waiting = new Repeating(async () => false, { everyMs: 60_000, ...ignore });
    await sleep(5);
    await waiting.stop();
  });

  it('ends its wait when it is woken', async () => {
    const wake = new Wake();
    let turns = 0;
    const loop = new Repeating(async () => void (turns += 1), {
      everyMs: 60_000,
      ...ignore,
      mark: () => wake.mark('log'),
      wait: (waitMs, mark) => wake.wait('log', waitMs, mark),
    });
    await sleep(5);
    wake.signal('log');
    await sleep(5);
    expect(turns).toBe(2);
    wake.signal('log');
    await loop.stop();
  });
});
