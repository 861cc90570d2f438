/**
 * FNV-1a over the UTF-16 code units, 32 bits, with a final mix so that the low bits are good for
 * `mod`. The same in every process and version: partitions, shards and their order depend on it.
 */
export function stableHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    hash = Math.imul(hash ^ (unit & 0xff), 0x01000193);
    hash = Math.imul(hash ^ (unit >>> 8), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** How many decision shards there are; a customer is always in the same one. */
export const DECISION_SHARDS = 16;

/** The shard of a customer's decisions and messages: they keep their order within it. */
export function decisionShard(customerId: string): number {
  return stableHash(customerId) % DECISION_SHARDS;
}
