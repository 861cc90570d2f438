import type { Actor } from './actor';
import { Refusal } from './refusal';

/** By default: only a Manager denies a customer what they were about to get (API.md, Auth). */
export function requireManager(
  { role }: Actor,
  detail = 'Only a Manager denies a customer.',
): void {
  if (role === 'manager' || role === 'admin') return;
  throw new Refusal('forbidden', { detail });
}
