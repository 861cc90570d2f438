import 'reflect-metadata';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Server, type CustomTransportStrategy } from '@nestjs/microservices';
import { createLogger } from './create-logger';
import { NestLogger } from './nest-logger';

@Injectable()
class Greeter {
  readonly word = 'hello';
}

@Injectable()
class Guest {
  constructor(readonly greeter: Greeter) {}
}

@Module({ providers: [Greeter, Guest] })
class GuestModule {}

class SilentStrategy extends Server<never, never> implements CustomTransportStrategy {
  listen(callback: () => void): void {
    callback();
  }

  close(): void {
    return;
  }

  on(): never {
    throw new Error('there are no events here');
  }

  unwrap<T>(): T {
    return undefined as T;
  }
}

describe('NestLogger', () => {
  const lines: Record<string, unknown>[] = [];
  const logger = new NestLogger(
    createLogger({
      app: 'spec',
      level: 'debug',
      destination: {
        write: (line) => lines.push(JSON.parse(line) as Record<string, unknown>),
      },
    }),
  );

  beforeEach(() => {
    lines.length = 0;
  });

  it('lets Nest write through our logger, under Jest as well', async () => {
    const context = await NestFactory.createApplicationContext(GuestModule, { logger });

    expect(context.get(Guest).greeter.word).toBe('hello');
    expect(lines).toContainEqual(
      expect.objectContaining({ msg: 'Starting Nest application...', context: 'NestFactory' }),
    );
    await context.close();
  });

  it('does so for a microservice with a transport of its own', async () => {
    const service = await NestFactory.createMicroservice(GuestModule, {
      strategy: new SilentStrategy(),
      logger,
    });
    await service.listen();

    expect(lines.some(({ context }) => context === 'NestMicroservice')).toBe(true);
    await service.close();
  });

  it('keeps an error, and takes neither its stack for a class nor its body along', () => {
    const error = Object.assign(new Error('no answer'), { response: { body: 'card 4111' } });

    logger.error(error, 'Payouts');
    logger.error('failed', 'Error: x\n    at y');

    expect(lines[0]).toMatchObject({ context: 'Payouts', err: { message: 'no answer' } });
    expect(lines[1]).not.toHaveProperty('context');
    expect(JSON.stringify(lines)).not.toMatch(/4111/);
  });
});
