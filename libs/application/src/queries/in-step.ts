/**
 * Waits for statements that were sent one after the other without waiting between them. Throws what failed first
 * in that order: whatever stands behind it in the transaction fails only because of it.
 */
export async function inStep<T extends readonly unknown[]>(
  ...sent: { readonly [K in keyof T]: Promise<T[K]> }
): Promise<T> {
  const results = await Promise.allSettled(sent);
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  }) as unknown as T;
}
