const BUCKETS = 256;

/** SQL for the bucket of the directory that a hash is in. */
export function bucketOf(hash: string): string {
  return `(${hash} & ${String(BUCKETS - 1)})`;
}
