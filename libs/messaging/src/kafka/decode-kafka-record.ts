import type { DecodedRecord, StreamRecord } from '@amends/application';
import { decodeKafka } from '@amends/contracts';

/** An event out of Kafka: anybody may have written it, so it passes the checks of the door. */
export function decodeKafkaRecord(record: StreamRecord): DecodedRecord {
  const { value, headers, history } = record;
  // An import may speak of any time; other events not of the future.
  const decoded = decodeKafka(headers, value, history ? null : Date.now());
  if (decoded.ok) return decoded;
  const detail = decoded.errors.map(({ pointer, message }) => `${pointer} ${message}`).join('; ');
  return { ok: false, code: decoded.code, detail };
}
