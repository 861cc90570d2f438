/** No CloudEvent looks like this, so nothing that comes through the door can be taken for one. */
const PREFIX = '{"amends_control":"advance","to_ms":';

/** The record that asks for the stream clock to be moved. */
export function advanceRecord(toMs: number): string {
  return `${PREFIX}${String(toMs)}}`;
}

/** Epoch ms to advance to; undefined for every other record. */
export function readAdvance(value: string | Uint8Array | null): number | undefined {
  if (typeof value !== 'string' || !value.startsWith(PREFIX)) return undefined;
  const toMs = Number(value.slice(PREFIX.length, -1));
  return Number.isFinite(toMs) ? toMs : undefined;
}
