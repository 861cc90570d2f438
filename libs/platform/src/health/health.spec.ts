import { HealthChecks } from './health';

describe('HealthChecks', () => {
  it('is as bad as its worst part', async () => {
    const checks = new HealthChecks();
    checks.add('database', () => ({ status: 'ok' }));
    checks.add('stream', () => Promise.resolve({ status: 'degraded', detail: 'clock held' }));

    expect(await checks.run()).toEqual({
      status: 'degraded',
      parts: { database: { status: 'ok' }, stream: { status: 'degraded', detail: 'clock held' } },
    });
  });

  it('takes a check that throws for down, and tells no secrets', async () => {
    const checks = new HealthChecks();
    checks.add('database', () => Promise.reject(new TypeError('postgres://u:secret@h')));

    expect(await checks.run()).toEqual({
      status: 'down',
      parts: { database: { status: 'down', detail: 'TypeError' } },
    });
  });

  it('asks apart whether the process is alive', async () => {
    const checks = new HealthChecks();
    checks.add('database', () => ({ status: 'down' }));
    expect(await checks.alive()).toEqual({ status: 'ok', parts: {} });
    checks.addLiveness('stream', () => ({ status: 'down', detail: 'a standstill' }));

    expect(await checks.alive()).toEqual({
      status: 'down',
      parts: { stream: { status: 'down', detail: 'a standstill' } },
    });
  });

  it('does not wait for a check that hangs', async () => {
    jest.useFakeTimers();
    const checks = new HealthChecks();
    checks.add('database', () => new Promise(() => undefined));

    const running = checks.run();
    await jest.advanceTimersByTimeAsync(2_000);

    expect(await running).toMatchObject({ status: 'down' });
    jest.useRealTimers();
  });

  it('knows each part once, and forgets it when told', async () => {
    const checks = new HealthChecks();
    const remove = checks.add('stream', () => ({ status: 'down' }));

    expect(() => checks.add('stream', () => ({ status: 'ok' }))).toThrow(/already/);
    remove();
    expect(await checks.run()).toEqual({ status: 'ok', parts: {} });
  });
});
