import type { DecodedRecord, StreamRecord } from '@amends/application';
import { decodeKafka } from '@amends/contracts';

/** An event out of Kafka: anybody may have written it, so it passes the checks of the door. */
export function decodeKafkaRecord(record: StreamRecord): DecodedRecord {
  const { value, headers, history } = record;
  // An import may speak of any time; other events not of the future.
  const decoded = decodeKafka(headers, value, history ? null : Date.now());
  if (decoded.ok) return { ok: true, event: decoded.event, isWhole: isWhole(record) };
  const detail = decoded.errors.map(({ pointer, message }) => `${pointer} ${message}`).join('; ');
  return { ok: false, code: decoded.code, detail };
}

/**
 * Whether the value is the event to the letter: nothing came from headers (binary mode has some), and no
 * attribute that is null was left out. In doubt it is not.
 */
function isWhole({ value, headers = {} }: StreamRecord): boolean {
  const hasAttributes = Object.keys(headers).some((name) => /^ce_/i.test(name));
  return value !== null && !hasAttributes && !includesNull(value);
}

function includesNull(value: string | Uint8Array): boolean {
  if (typeof value === 'string') return value.includes('null');
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength).includes('null');
}
