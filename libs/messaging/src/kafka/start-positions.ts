import type { Assignment, Fence, PartitionEnd } from '@amends/application';

/**
 * A partition nobody has read yet is read from its first record that still exists.
 *
 * @throws Error if the broker does not say where a partition begins
 */
export function startPositions(
  partitions: readonly Assignment[],
  ends: readonly PartitionEnd[],
): (Assignment & { readonly first: bigint })[] {
  return partitions.map((part) => {
    const { topic, partition } = part;
    return { topic, partition, first: endOf(part, ends).start };
  });
}

/**
 * Why a position lies outside of what the broker still has: retention has cut it away, or the topic was
 * made anew. kafkajs would jump to the nearest record without a word, and events would be lost.
 */
export function outsideOf(fence: Fence, ends: readonly PartitionEnd[]): string | undefined {
  const { start, end } = endOf(fence, ends);
  const { expected } = fence;
  if (expected >= start && expected <= end) return undefined;
  const range = `the topic now has ${start.toString()} to ${end.toString()}`;
  return `the stored position is ${expected.toString()}, and ${range}`;
}

function endOf({ topic, partition }: Assignment, ends: readonly PartitionEnd[]): PartitionEnd {
  const found = ends.find((end) => end.topic === topic && end.partition === partition);
  if (found !== undefined) return found;
  throw new Error(`the broker says nothing of ${topic}/${String(partition)}`);
}
