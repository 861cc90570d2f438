import { createLogger, type LoggerOptions } from './create-logger';
import type { LogContext } from './log-fields';

describe('createLogger', () => {
  function logged(
    write: (logger: ReturnType<typeof createLogger>) => void,
    level: LoggerOptions['level'] = 'info',
  ): Record<string, unknown>[] {
    const lines: string[] = [];
    write(createLogger({ app: 'spec', level, destination: { write: (line) => lines.push(line) } }));
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  it('writes one JSON line with level, time, app and the fields it knows', () => {
    const [line] = logged((logger) => {
      logger.info('batch done', { topic: 'delivery.events', count: 12, offset: 7n });
    });

    expect(line).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      app: 'spec',
      pid: process.pid,
      topic: 'delivery.events',
      count: 12,
      offset: '7',
      msg: 'batch done',
    });
  });

  it('drops a field it does not know, and says which', () => {
    const [line] = logged((logger) => {
      logger.info('x', { payload: { email: 'li@example.com' }, count: 1 } as LogContext);
    });

    expect(line).toMatchObject({ count: 1, dropped: ['payload'] });
    expect(JSON.stringify(line)).not.toMatch(/example/);
  });

  it('drops an object under a name it knows', () => {
    const [line] = logged((logger) => {
      logger.info('x', { reason: { body: 'secret' } } as unknown as LogContext);
    });

    expect(line).toMatchObject({ reason: '[dropped]' });
  });

  it('keeps of an error what helps to find it, not what was sent', () => {
    const cause = Object.assign(new Error('duplicate key'), {
      code: '23505',
      constraint: 'incident_key',
      detail: 'Key (email)=(li@example.com) already exists.',
    });
    const error = Object.assign(new Error('could not save', { cause }), {
      response: { body: 'card 4111' },
      parameters: ['li@example.com'],
    });

    const [line] = logged((logger) => {
      logger.error('batch failed', { err: error });
    });

    expect(line?.['err']).toMatchObject({
      type: 'Error',
      message: 'could not save',
      stack: expect.stringMatching(/create-logger\.spec/),
      cause: { message: 'duplicate key', code: '23505', constraint: 'incident_key' },
    });
    expect(JSON.stringify(line)).not.toMatch(/li@example|4111/);
  });

  it('adds fixed fields to every line', () => {
    const [line] = logged((logger) => {
      logger.with({ component: 'timers' }).with({ shard: 3 }).warn('late', { lag_ms: 12 });
    });

    expect(line).toMatchObject({ level: 'warn', component: 'timers', shard: 3, lag_ms: 12 });
  });

  it('writes nothing below its level', () => {
    expect(
      logged((logger) => {
        logger.debug('x');
        logger.info('y');
      }, 'warn'),
    ).toEqual([]);
  });
});
