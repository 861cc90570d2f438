/** SQLSTATE in_failed_sql_transaction: a statement behind the one that failed. */
const ABORTED = '25P02';

/**
 * Waits for statements of one transaction that were sent without waiting between them. Throws the failure that was the
 * first: whatever was sent behind it fails only because of it, and may well stand before it here.
 */
export async function inStep<T extends readonly unknown[]>(
  ...sent: { readonly [K in keyof T]: Promise<T[K]> }
): Promise<T> {
  const results = await Promise.allSettled(sent);
  const failures = results.flatMap((one): unknown[] =>
    one.status === 'rejected' ? [one.reason] : [],
  );
  if (failures.length > 0) throw failures.find((error) => !isAborted(error)) ?? failures[0];
  return results.map((one) => (one.status === 'fulfilled' ? one.value : undefined)) as unknown as T;
}

function isAborted(error: unknown): boolean {
  return error instanceof Error && (error as Error & { readonly code?: unknown }).code === ABORTED;
}
