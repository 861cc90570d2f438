import { openSegment } from './open-segment';
import { packSegment, type PackEvent } from './pack-segment';
import { segmentChunks } from './segment-chunks';

const START_MS = Date.UTC(2026, 2, 1);

function event(n: number, change: Partial<PackEvent> = {}): PackEvent {
  const body = JSON.stringify({ id: String(n), type: 't', data: {} });
  const place = { topic: 'a.events', partition: 3, offset: BigInt(n), imported: false };
  return { timeMs: START_MS + n, type: 't', body, ...place, ...change };
}

async function roundTrip(events: readonly PackEvent[], seqs?: readonly bigint[]) {
  const { bytes } = await packSegment(events, seqs);
  const firstSeq = seqs?.[0] ?? 8_192n;
  return openSegment({ firstSeq, packing: 'snappy', bodies: Buffer.from(bytes) });
}

describe('a segment', () => {
  it.each([1, 2, 1_000])('gives back %i events as they were, numbered', async (count) => {
    const events = Array.from({ length: count }, (_, n) => event(n));
    const wanted = events.map((one, n) => ({ ...one, seq: 8_192n + BigInt(n) }));
    expect(await roundTrip(events)).toEqual(wanted);
  });

  it.each([
    ['of any script', JSON.stringify({ data: '退款 ✓ 🧾 é \u2028 \u0000 \u001e "\\' })],
    ['without data', '{"id":""}'],
    ['laid out in lines', '{\r\n\t"id": "x"\n}\n'],
    ['of a megabyte', JSON.stringify({ data: 'x'.repeat(1_000_000) })],
  ])('keeps events %s to the letter, as text or bytes', async (_name, body) => {
    const mixed = [event(0, { body }), event(1, { body: Buffer.from(body) }), event(2)];
    const bodies = (await roundTrip(mixed)).map((one) => one.body);
    expect(bodies).toEqual([body, body, mixed[2]?.body]);
  });

  it('knows times, types and places of all its events', async () => {
    const events = [
      event(7, { timeMs: START_MS + 5_000, type: 'b' }),
      event(8, { timeMs: START_MS - 5_000, type: 'a', imported: true }),
      event(9, { type: 'b', imported: true }),
      event(11, { offset: 2n ** 60n }),
      event(0, { topic: 'b.events', partition: 0 }),
    ];
    const { events: count, minMs, maxMs, types } = await packSegment(events);
    expect([count, minMs, maxMs]).toEqual([5, START_MS - 5_000, START_MS + 5_000]);
    expect(types).toEqual(['b', 'a', 't']);
    expect(await roundTrip(events)).toMatchObject(events);
  });

  it('keeps seqs with gaps, as joined segments have them', async () => {
    const seqs = [4_096n, 4_097n, 8_192n, 12_288n, 12_289n];
    const events = seqs.map((_, n) => event(n));
    expect((await roundTrip(events, seqs)).map(({ seq }) => seq)).toEqual(seqs);
  });

  it('moves times to what PostgreSQL can tell', async () => {
    const [kept] = await roundTrip([event(0, { timeMs: 8.64e15 })]);
    expect(new Date(kept?.timeMs ?? 0).toISOString()).toBe('9999-12-31T23:59:59.999Z');
  });

  it('is small while it may be joined', async () => {
    const isSmall = async (events: PackEvent[]) => (await packSegment(events)).isSmall;
    expect(await isSmall([event(0)])).toBe(true);
    expect(await isSmall(Array.from({ length: 64 }, (_, n) => event(n)))).toBe(false);
    expect(await isSmall([event(0, { body: `"${'x'.repeat(70_000)}"` })])).toBe(false);
  });
});

describe('segmentChunks', () => {
  it('cuts after a thousand events or a megabyte, and loses none', () => {
    const many = Array.from({ length: 2_500 }, (_, n) => event(n));
    expect(segmentChunks(many).map((chunk) => chunk.length)).toEqual([1_000, 1_000, 500]);
    expect(segmentChunks(many).flat()).toEqual(many);
    const big = Array.from({ length: 5 }, (_, n) => event(n, { body: 'x'.repeat(600_000) }));
    expect(segmentChunks(big).map((chunk) => chunk.length)).toEqual([1, 1, 1, 1, 1]);
    expect(segmentChunks([])).toEqual([]);
  });
});
