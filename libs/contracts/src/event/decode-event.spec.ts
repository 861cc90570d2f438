import * as fc from 'fast-check';
import { eventText, VALID_EVENT } from '../../../testing/src/bad-input';
import { decodeEvent, decodeEventText } from './decode-event';
import { decodeStructured } from './decode-structured';

const NOW_MS = Date.UTC(2026, 2, 1, 4, 34, 10);
const change = (changes: Record<string, unknown>): unknown => JSON.parse(eventText(changes));

describe('decodeEvent', () => {
  it('takes the example of the contract', () => {
    const json = {
      specversion: '1.0',
      id: 'd-9001',
      source: '/logistics/sh',
      type: 'delivery.delivered',
      time: '2026-03-01T12:34:10+08:00',
      subject: 'order/8812',
      customerid: 'c_123',
      data: { order_id: '8812', cause: 'courier' },
    };
    expect(decodeEvent(json, NOW_MS)).toEqual({
      ok: true,
      isWhole: true,
      event: {
        source: '/logistics/sh',
        id: 'd-9001',
        type: 'delivery.delivered',
        timeMs: NOW_MS,
        customerId: 'c_123',
        json,
      },
    });
  });

  it('names every mistake at once, and the event', () => {
    const json = change({ source: 7, time: 'yesterday', customerid: '', customer_id: 'c1' });
    expect(decodeEvent(json, NOW_MS)).toMatchObject({
      ok: false,
      code: 'schema_violation',
      id: VALID_EVENT.id,
      errors: [
        { pointer: '/source' },
        { pointer: '/customerid' },
        { pointer: '/customer_id' },
        { pointer: '/time' },
      ],
    });
  });

  it.each([
    [{ specversion: '0.3' }, 'unsupported_specversion', '/specversion'],
    [{ specversion: undefined }, 'schema_violation', '/specversion'],
    [{ data_base64: 'AAEC' }, 'unsupported_binary_data', '/data_base64'],
    [{ time: '2026-02-30T00:00:00Z' }, 'schema_violation', '/time'],
    [{ time: undefined }, 'schema_violation', '/time'],
    [{ datacontenttype: 'text/xml' }, 'schema_violation', '/datacontenttype'],
    [{ extra: {} }, 'schema_violation', '/extra'],
    [{ data: { n: 2 ** 60 } }, 'bad_number', '/data/n'],
  ])('refuses %j with %s at %s', (changes, code, pointer) => {
    expect(decodeEvent(change(changes), NOW_MS)).toMatchObject({ code, errors: [{ pointer }] });
  });

  it('believes a time up to five minutes ahead of the clock', () => {
    const at = (aheadMs: number): unknown =>
      change({ time: new Date(NOW_MS + aheadMs).toISOString() });
    expect(decodeEvent(at(5 * 60_000), NOW_MS).ok).toBe(true);
    expect(decodeEvent(at(5 * 60_000 + 1), NOW_MS)).toMatchObject({
      code: 'future_time',
      errors: [{ pointer: '/time' }],
    });
  });

  it('believes any time without a clock: history, or the stream is the clock', () => {
    expect(decodeEvent(change({ time: '2199-12-31T23:59:59Z' }), null).ok).toBe(true);
    expect(decodeEvent(change({ time: '2201-01-01T00:00:00Z' }), null).ok).toBe(false);
  });

  it('drops attributes that are null, as they are unset', () => {
    const decoded = decodeEvent(change({ subject: null, data: null, extra: null }), NOW_MS);
    if (!decoded.ok) throw new Error(decoded.code);
    expect(Object.keys(decoded.event.json)).toEqual([
      'specversion',
      'id',
      'source',
      'type',
      'time',
      'customerid',
    ]);
  });

  it('judges a parsed value as it judges its text', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('id', 'time', 'data', 'x'), fc.jsonValue()),
        (changes) => {
          const text = eventText(changes);
          expect(decodeEvent(JSON.parse(text), NOW_MS)).toEqual(decodeEventText(text, NOW_MS));
        },
      ),
    );
  });

  it('refuses every prefix of a valid event without throwing', () => {
    const bytes = Buffer.from(eventText({ data: { name: '订单 😀', list: [1, { a: null }] } }));
    for (let length = 0; length < bytes.length; length++) {
      expect(decodeStructured(bytes.subarray(0, length), NOW_MS).ok).toBe(false);
    }
    expect(decodeStructured(bytes, NOW_MS).ok).toBe(true);
  });

  it('never throws on any value', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withDate: true, withMap: true }), (value) => {
        expect(decodeEvent(value, NOW_MS).ok).toBe(false);
      }),
    );
  });
});
