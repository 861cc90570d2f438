import * as fc from 'fast-check';
import type { DomainEvent } from '@amends/domain';
import { eventText } from '../../../testing/src/bad-input';
import { canonicalJson } from './canonical-json';
import { decodeEventText } from './decode-event';
import { eventBodyDigest, eventBodyHash } from './event-body-hash';

function event(changes: Record<string, unknown> = {}): DomainEvent {
  const decoded = decodeEventText(eventText(changes), null);
  if (!decoded.ok) throw new Error(decoded.code);
  return decoded.event;
}

describe('eventBodyHash', () => {
  it('does not depend on the order of keys', () => {
    const a = event({ data: { a: 1, b: { c: 2, d: 3 } } });
    const b = event({ data: { b: { d: 3, c: 2 }, a: 1 } });
    expect(eventBodyHash(a)).toBe(eventBodyHash(b));
    expect(eventBodyHash(a)).toMatch(/^[0-9a-f]{64}$/);
    expect(eventBodyDigest(a).toString('hex')).toBe(eventBodyHash(a));
  });

  it.each([
    { data: { a: 2 } },
    { data: { a: '1' } },
    { data: { a: 1, b: undefined, c: null } },
    { subject: 'other' },
    { customerid: 'other' },
    { time: '2026-03-01T04:34:10Z' },
    { extra: 'x' },
  ])('differs for another body: %j', (changes) => {
    const original = event({ data: { a: 1 } });
    expect(eventBodyHash(event({ data: { a: 1 }, ...changes }))).not.toBe(eventBodyHash(original));
  });

  it('is the same for a second sending under another trace', () => {
    const again = event({
      traceparent: '00-1-2-01',
      tracestate: 'a=b',
      datacontenttype: 'text/json',
    });
    expect(eventBodyHash(again)).toBe(eventBodyHash(event()));
  });

  it('stands on a text that parses back to the value, with sorted keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(JSON.parse(JSON.stringify(value)) as never);
        const plain: unknown = JSON.parse(JSON.stringify(value));
        expect(JSON.parse(text)).toEqual(plain);
        expect(text).toHaveLength(JSON.stringify(plain).length);
      }),
    );
    expect(canonicalJson({ b: [{ z: 1, y: 'ü"' }], a: null })).toBe(
      '{"a":null,"b":[{"y":"ü\\"","z":1}]}',
    );
  });
});
