import type { DatabaseRole } from './database-role';
import { roleProblem } from './role-problem';

/** `auto`: where they can be had; `require`: or not at all; `off`: every pool works as the user of the address. */
export type RolesMode = 'auto' | 'require' | 'off';

export interface TakeRolesOptions {
  readonly mode: RolesMode;
  /** Under `auto`: why they are not in use, for the operator. */
  readonly onUnused?: (reason: string) => void;
}

/**
 * As whom the pools of a process work, for `Pools.open`: all of them in their roles, or none.
 *
 * @throws Error under `require`, with the reason, when a role cannot be had
 */
export async function takeRoles<R extends Readonly<Record<string, DatabaseRole>>>(
  url: string,
  roles: R,
  { mode, onUnused }: TakeRolesOptions,
): Promise<R | undefined> {
  if (mode === 'off') return undefined;
  const problem = await roleProblem(url, [...new Set(Object.values(roles))]);
  if (problem === undefined) return roles;
  if (mode === 'require') {
    throw new Error(`AMENDS_DATABASE_ROLES is "require", and ${problem}`);
  }
  onUnused?.(problem);
  return undefined;
}
