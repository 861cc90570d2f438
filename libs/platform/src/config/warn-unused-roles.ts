import type { Logger } from '../logger/create-logger';

/** Tells the operator why a process works as the user of DATABASE_URL and not in its own roles. */
export function warnUnusedRoles(logger: Logger): (reason: string) => void {
  return (reason) => {
    logger.warn('the database roles are not in use: this works as the user of DATABASE_URL', {
      reason,
    });
  };
}
