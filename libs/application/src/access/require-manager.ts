import type { Actor } from './actor';
import { Refusal } from './refusal';

/** Only a Manager denies a customer what they were about to get (API.md, Auth). */
export function requireManager({ role }: Actor): void {
  if (role === 'manager' || role === 'admin') return;
  throw new Refusal('forbidden', { detail: 'Only a Manager denies a customer.' });
}
