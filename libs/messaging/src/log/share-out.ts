import type { Assignment } from '@amends/application';

/**
 * The partitions of one member: the members, sorted by name, take turns. Everybody who sees the same
 * members comes to the same answer, without asking.
 */
export function shareOut(
  partitions: readonly Assignment[],
  members: readonly string[],
  me: string,
): Assignment[] {
  const sorted = [...new Set([...members, me])].sort();
  const mine = sorted.indexOf(me);
  return partitions.filter((_, index) => index % sorted.length === mine);
}
