import { AssignerProtocol, type GroupMember, type PartitionAssigner } from 'kafkajs';

/**
 * Shares out what each member has subscribed to. kafkajs' own assigner shares out the topics of the group's
 * leader, whatever the others want: while processes are restarted with another set of topics, a topic would
 * have no reader, or one that drops it.
 */
export const subscriptionAssigner: PartitionAssigner = ({ cluster }) => ({
  name: 'BySubscription',
  version: 0,

  async assign({ members }) {
    const wanted = subscribersOf(members);
    await (cluster as unknown as Targets).addMultipleTargetTopics([...wanted.keys()]);
    const shares = new Map(members.map(({ memberId }) => [memberId, new Share()]));
    for (const topic of [...wanted.keys()].sort()) {
      const partitions = cluster
        .findTopicPartitionMetadata(topic)
        .map(({ partitionId }) => partitionId)
        .sort((one, other) => one - other);
      const subscribers = [...(wanted.get(topic) ?? [])].sort();
      for (const partition of partitions) leastOf(subscribers, shares)?.add(topic, partition);
    }
    return [...shares].map(([memberId, { assignment }]) => ({
      memberId,
      memberAssignment: AssignerProtocol.MemberAssignment.encode({
        version: this.version,
        assignment,
        userData: Buffer.alloc(0),
      }),
    }));
  },

  protocol({ topics }) {
    const metadata = { version: this.version, topics, userData: Buffer.alloc(0) };
    return { name: this.name, metadata: AssignerProtocol.MemberMetadata.encode(metadata) };
  },
});

/** Not in kafkajs' types: the leader may have to ask for topics it does not read itself. */
interface Targets {
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>;
}

class Share {
  readonly assignment: Record<string, number[]> = {};
  size = 0;

  add(topic: string, partition: number): void {
    (this.assignment[topic] ??= []).push(partition);
    this.size += 1;
  }
}

function subscribersOf(members: readonly GroupMember[]): Map<string, string[]> {
  const wanted = new Map<string, string[]>();
  for (const { memberId, memberMetadata } of members) {
    const topics = AssignerProtocol.MemberMetadata.decode(memberMetadata)?.topics ?? [];
    for (const topic of topics) wanted.set(topic, [...(wanted.get(topic) ?? []), memberId]);
  }
  return wanted;
}

/** The first of those that have least. */
function leastOf(
  subscribers: readonly string[],
  shares: ReadonlyMap<string, Share>,
): Share | undefined {
  let least: Share | undefined;
  for (const memberId of subscribers) {
    const share = shares.get(memberId);
    if (share !== undefined && (least === undefined || share.size < least.size)) least = share;
  }
  return least;
}
