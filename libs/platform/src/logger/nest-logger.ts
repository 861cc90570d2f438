import type { LoggerService } from '@nestjs/common';
import type { Logger } from './create-logger';

/**
 * Lets Nest write through our logger. Nest calls `log(message, ...rest, context)` with anything in
 * between; only texts and errors are taken over, the context (a class name) as field `context`.
 */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: readonly unknown[]): void {
    this.write('info', message, rest);
  }

  error(message: unknown, ...rest: readonly unknown[]): void {
    this.write('error', message, rest);
  }

  warn(message: unknown, ...rest: readonly unknown[]): void {
    this.write('warn', message, rest);
  }

  debug(message: unknown, ...rest: readonly unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: readonly unknown[]): void {
    this.write('debug', message, rest);
  }

  fatal(message: unknown, ...rest: readonly unknown[]): void {
    this.write('error', message, rest);
  }

  private write(
    level: 'debug' | 'info' | 'warn' | 'error',
    message: unknown,
    rest: readonly unknown[],
  ): void {
    const last = rest.at(-1);
    // `error(message, stack)` without a context: a stack is no class name.
    const isContext = typeof last === 'string' && !last.includes('\n');
    const err = [message, ...rest].find((part) => part instanceof Error);
    const text = typeof message === 'string' ? message : 'the framework reports';
    this.logger[level](text, {
      ...(isContext && { context: last }),
      ...(err !== undefined && { err }),
    });
  }
}
