import type { Role } from './role';

/** Who acts: a key of a person or a machine, or the program itself. */
export interface Actor {
  readonly kind: 'key' | 'user' | 'system';
  readonly id: string;
  readonly role: Role;
}

/** Who asked, and under which request: goes into the audit row of every change. */
export interface Asked {
  readonly actor: Actor;
  readonly requestId: string;
}

/** What the program changes by itself: seeding, expiry. */
export const SYSTEM: Asked = {
  actor: { kind: 'system', id: 'amends', role: 'admin' },
  requestId: '',
};
