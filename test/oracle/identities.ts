/** What semantics 3 says is the same in whatever order an `event` rule's events arrive. */
export function identities(incidents: readonly { key: unknown; startRef?: string }[]): string[] {
  return incidents.map(({ key, startRef }) => JSON.stringify([key, startRef])).sort();
}
