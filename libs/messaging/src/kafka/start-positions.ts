import type { Assignment, Fence, PartitionEnd } from '@amends/application';

/** A partition nobody has read yet is read from its first record that still exists. */
export function startPositions(
  partitions: readonly Assignment[],
  ends: readonly PartitionEnd[],
): (Assignment & { readonly first: bigint })[] {
  return partitions.map((part) => {
    const { topic, partition } = part;
    return { topic, partition, first: endOf(part, ends)?.start ?? 0n };
  });
}

/**
 * kafkajs would jump to the nearest record without a word: events would be lost, or a topic made anew
 * be taken for the old one. The partition stays paused instead, until a person has decided.
 *
 * @throws Error if the position lies outside of what the broker still has
 */
export function checkInRange(fence: Fence, ends: readonly PartitionEnd[]): void {
  const end = endOf(fence, ends);
  const { topic, partition, expected } = fence;
  if (end === undefined || (expected >= end.start && expected <= end.end)) return;
  throw new Error(
    `the position ${expected} of ${topic}/${partition} lies outside of ${end.start} to ${end.end}`,
  );
}

function endOf(
  { topic, partition }: Assignment,
  ends: readonly PartitionEnd[],
): PartitionEnd | undefined {
  return ends.find((end) => end.topic === topic && end.partition === partition);
}
