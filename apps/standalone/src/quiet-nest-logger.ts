import { NestLogger } from '@amends/platform';

/** Nest tells every route it maps at each start: that is for who debugs, not for who operates. */
export class QuietNestLogger extends NestLogger {
  override log(message: unknown, ...rest: readonly unknown[]): void {
    this.debug(message, ...rest);
  }
}
