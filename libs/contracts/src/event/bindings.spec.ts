import { eventText, VALID_EVENT } from '../../../testing/src/bad-input';
import { decodeBatch } from './decode-batch';
import { decodeBinary } from './decode-binary';
import { decodeKafka } from './decode-kafka';
import { decodeStructured } from './decode-structured';
import { eventBodyHash } from './event-body-hash';

const NOW_MS = Date.UTC(2026, 11, 1);
const { data, ...attributes } = VALID_EVENT;
const body = Buffer.from(JSON.stringify(data));

function headersWith(prefix: string, changes: Record<string, string> = {}): Record<string, string> {
  const entries = Object.entries({ ...attributes, ...changes });
  return Object.fromEntries(entries.map(([name, value]) => [prefix + name, value]));
}

describe('HTTP binary mode', () => {
  it('reads the same event as structured mode', () => {
    const binary = decodeBinary(headersWith('ce-'), body, NOW_MS);
    expect(binary).toEqual({ ...decodeStructured(eventText(), NOW_MS), isWhole: false });
  });

  it('is the same event for duplicates, though it names its content type', () => {
    const headers = { ...headersWith('Ce-'), 'content-type': 'application/json; charset=utf-8' };
    const binary = decodeBinary(headers, body, NOW_MS);
    const structured = decodeStructured(eventText(), NOW_MS);
    if (!binary.ok || !structured.ok) throw new Error('refused');
    expect(eventBodyHash(binary.event)).toBe(eventBodyHash(structured.event));
  });

  it.each([
    ['order%2F8812', 'order/8812'],
    ['%E8%AE%A2%E5%8D%95%20%F0%9F%98%80', '订单 😀'],
    ['"a \\"b\\" %25"', 'a "b" %'],
    ['100%25', '100%'],
  ])('decodes the header %s', (header, subject) => {
    const decoded = decodeBinary({ ...headersWith('ce-'), 'ce-subject': header }, body, NOW_MS);
    expect(decoded).toMatchObject({ ok: true, event: { json: { subject } } });
  });

  it.each([
    [{ 'ce-subject': '%zz' }, 'bad_text', '/subject'],
    [{ 'ce-subject': '%FF' }, 'bad_text', '/subject'],
    [{ 'ce-subject': 'è®¢å' }, 'bad_text', '/subject'],
    [{ 'ce-subject': '%00' }, 'bad_text', '/subject'],
    [{ 'ce-id': ['a', 'b'] }, 'schema_violation', '/id'],
    [{ 'CE-ID': 'b' }, 'schema_violation', '/id'],
    [{ 'ce-data': '{}' }, 'schema_violation', '/data'],
    [{ 'ce-datacontenttype': 'application/json' }, 'schema_violation', '/datacontenttype'],
    [{ 'ce-__proto__': 'x' }, 'forbidden_key', '/__proto__'],
    [{ 'ce-not_a_name': 'x' }, 'schema_violation', '/not_a_name'],
    [{ 'content-type': 'text/xml' }, 'schema_violation', '/datacontenttype'],
  ])('refuses %j with %s', (headers, code, pointer) => {
    const decoded = decodeBinary({ ...headersWith('ce-'), ...headers }, body, NOW_MS);
    expect(decoded).toMatchObject({ ok: false, code, errors: [{ pointer }] });
  });

  it('points into data for what is wrong in the body', () => {
    const decoded = decodeBinary(headersWith('ce-'), '{"a":{"b":1e400}}', NOW_MS);
    expect(decoded).toMatchObject({
      code: 'bad_number',
      id: VALID_EVENT.id,
      errors: [{ pointer: '/data/a/b' }],
    });
  });

  it('takes an event without a body as one without data', () => {
    const decoded = decodeBinary(headersWith('ce-'), '', NOW_MS);
    if (!decoded.ok) throw new Error(decoded.code);
    expect(decoded.event.json).toEqual(attributes);
  });

  it('bounds attributes and data together', () => {
    const large = JSON.stringify('x'.repeat(256 * 1024 - 100));
    expect(decodeBinary(headersWith('ce-'), large, NOW_MS)).toMatchObject({ code: 'too_large' });
  });
});

describe('Kafka', () => {
  it('reads structured mode from the value, with or without a content type', () => {
    const headers = { 'content-type': Buffer.from('application/cloudevents+json') };
    const structured = decodeStructured(eventText(), NOW_MS);
    expect(decodeKafka(undefined, Buffer.from(eventText()), NOW_MS)).toEqual(structured);
    expect(decodeKafka({}, Buffer.from(eventText()), NOW_MS)).toEqual(structured);
    expect(decodeKafka(headers, Buffer.from(eventText()), NOW_MS)).toEqual(structured);
  });

  it('reads binary mode from ce_ headers, which are UTF-8 and not percent-encoded', () => {
    const headers = Object.fromEntries(
      Object.entries(headersWith('ce_', { subject: '订单 100%' })).map(([name, value]) => [
        name,
        Buffer.from(value),
      ]),
    );
    const decoded = decodeKafka({ ...headers, traceparent: 'x' }, body, NOW_MS);
    const structured = decodeStructured(eventText({ subject: '订单 100%' }), NOW_MS);
    expect(decoded).toEqual({ ...structured, isWhole: false });
  });

  it('refuses a header that is no UTF-8 or stands twice', () => {
    const headers = headersWith('ce_');
    const latin = { ...headers, ce_subject: Buffer.from([0xe9]) };
    const twice = { ...headers, ce_subject: ['a', 'b'] };
    expect(decodeKafka(latin, body, NOW_MS)).toMatchObject({ code: 'bad_text' });
    expect(decodeKafka(twice, body, NOW_MS)).toMatchObject({ code: 'schema_violation' });
  });

  it('refuses a tombstone without throwing, and takes a binary event without data', () => {
    expect(decodeKafka(undefined, null, NOW_MS)).toMatchObject({ code: 'malformed_json' });
    expect(decodeKafka({}, null, NOW_MS)).toMatchObject({ code: 'malformed_json' });
    expect(decodeKafka(headersWith('ce_'), null, NOW_MS).ok).toBe(true);
  });
});

describe('HTTP batched mode', () => {
  it('gives one verdict per event, in order', () => {
    const bad = eventText({ id: 'bad', time: 'never' });
    const twice = eventText().replace('{', '{"id":"other",');
    const batch = decodeBatch(` [ ${eventText()} , ${bad},${twice}\n,${eventText()}] `, NOW_MS);
    expect(batch).toMatchObject({
      ok: true,
      items: [
        { ok: true },
        { ok: false, code: 'schema_violation', id: 'bad', errors: [{ pointer: '/time' }] },
        { ok: false, code: 'duplicate_key' },
        { ok: true },
      ],
    });
  });

  it('takes an empty batch, and texts that look like the end of an event', () => {
    expect(decodeBatch('[]', NOW_MS)).toEqual({ ok: true, items: [] });
    expect(decodeBatch(' [ ] ', NOW_MS)).toEqual({ ok: true, items: [] });
    const tricky = eventText({ data: { x: '},{"]\\"', y: [[], [{}]] } });
    expect(decodeBatch(`[${tricky},${tricky}]`, NOW_MS)).toMatchObject({
      items: [{ ok: true }, { ok: true }],
    });
  });

  it.each([
    '',
    '{',
    'nul',
    '[',
    '[,]',
    `[${eventText()},]`,
    `[${eventText()}`,
    `[${eventText()}}`,
    `[${eventText()}]]`,
    `[${eventText()}] x`,
    `[${eventText().slice(1)}]`,
    '["]',
  ])('refuses the whole of what is no array: %.20s', (text) => {
    expect(decodeBatch(text, NOW_MS)).toMatchObject({ ok: false, code: 'malformed_json' });
  });

  it.each(['{}', 'null', eventText(), '{"a":1,"a":2}'])(
    'tells JSON that is no array from what is no JSON: %.20s',
    (text) => {
      expect(decodeBatch(text, NOW_MS)).toMatchObject({ ok: false, code: 'schema_violation' });
    },
  );

  it('refuses every prefix without throwing', () => {
    const bytes = Buffer.from(`[${eventText()},${eventText()}]`);
    for (let length = 0; length < bytes.length; length++) {
      expect(decodeBatch(bytes.subarray(0, length), NOW_MS).ok).toBe(false);
    }
  });

  it('bounds events and bytes', () => {
    const events = (count: number): string => `[${Array(count).fill(eventText()).join(',')}]`;
    expect(decodeBatch(events(1000), NOW_MS).ok).toBe(true);
    expect(decodeBatch(events(1001), NOW_MS)).toMatchObject({ code: 'too_large' });
    expect(decodeBatch(`[${' '.repeat(5 * 1024 * 1024)}]`, NOW_MS)).toMatchObject({
      code: 'too_large',
    });
  });
});
