import { BAD_INPUTS } from '../../../testing/src/bad-input';
import { decodeBatch } from './decode-batch';
import { decodeEventText } from './decode-event';
import { decodeKafka } from './decode-kafka';

const NOW_MS = Date.UTC(2026, 11, 1);

describe('the bad-input corpus', () => {
  it('has at least 150 cases, each with an id of its own', () => {
    expect(BAD_INPUTS.length).toBeGreaterThanOrEqual(150);
    expect(new Set(BAD_INPUTS.map(({ id }) => id)).size).toBe(BAD_INPUTS.length);
  });

  it.each(BAD_INPUTS.map((input) => [input.id, input] as const))('%s', (_id, input) => {
    const decoded = decodeEventText(input.bytes, NOW_MS);

    expect(decoded.ok).toBe(input.expect === 'accept');
    if (decoded.ok) {
      // What is accepted survives being written and read again.
      const text = JSON.stringify(decoded.event.json);
      const again = decodeEventText(text, null);
      expect(again.ok && JSON.stringify(again.event.json)).toBe(text);
      return;
    }
    expect(decoded.code === 'future_time').toBe(input.expect === 'quarantine');
    expect(decoded.errors.length).toBeGreaterThan(0);
    expect(decodeKafka(undefined, input.bytes, NOW_MS)).toEqual(decoded);
  });

  it('does not keep the good events of a batch from being taken', () => {
    const readable = BAD_INPUTS.filter(({ bytes, id }) => bytes.length < 20_000 && isOneValue(id));
    const body = Buffer.concat([
      Buffer.from('['),
      ...readable.flatMap(({ bytes }, index) => (index > 0 ? [Buffer.from(','), bytes] : [bytes])),
      Buffer.from(']'),
    ]);
    const batch = decodeBatch(body, NOW_MS);

    expect(readable.length).toBeGreaterThan(100);
    if (!batch.ok) throw new Error(batch.code);
    expect(batch.items.map(({ ok }, index) => [readable[index]?.id, ok])).toEqual(
      readable.map(({ id, expect: outcome }) => [id, outcome === 'accept']),
    );
  });
});

/** Families whose texts end where a value ends, so that they can stand in an array. */
function isOneValue(id: string): boolean {
  return /^(duplicate-key|prototype-key|number|money|data|string|time|identity|envelope)\//.test(
    id,
  );
}
