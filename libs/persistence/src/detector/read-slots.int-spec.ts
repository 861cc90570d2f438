import type { Slot } from '@amends/domain';
import { useTestDatabase } from '@amends/testing';
import fc from 'fast-check';
import { PgDetectTx } from './pg-detect-tx';

const database = useTestDatabase();
/** What PostgreSQL orders otherwise than JavaScript does, among them. */
const KEYS = [
  '"a"',
  '"b"',
  '"ab"',
  '"Z"',
  '"é"',
  '"\u{1f600}"',
  '"\uffee"',
  '7',
  'true',
  '"{a,b}"',
];

const slot = fc.record({
  ruleNo: fc.integer({ min: 1, max: 3 }),
  lane: fc.constantFrom<'live' | 'shadow'>('live', 'shadow'),
  key: fc.constantFrom(...KEYS),
});
const slots = fc.uniqueArray(slot, { selector: nameOf, maxLength: 30 });

function nameOf({ ruleNo, lane, key }: Slot): string {
  return JSON.stringify([ruleNo, lane, key]);
}

describe('reading the states of slots', () => {
  it('finds those that there are, few of a rule or many, locked or not', async () => {
    const client = await database().pool.connect();
    try {
      await fc.assert(
        fc.asyncProperty(slots, slots, fc.boolean(), async (stored, wanted, lock) => {
          await client.query('begin');
          const tx = new PgDetectTx(client);
          const inserts = stored.map((one, index) => ({
            slot: one,
            json: `{"n":${String(index)}}`,
            fireAtMs: index,
            sweepAfterMs: null,
          }));
          await tx.writeSlots(inserts, [], []);
          const sorted = [...wanted].sort(
            (a, b) => a.ruleNo - b.ruleNo || (a.lane < b.lane ? -1 : 1),
          );
          const found = await tx.readSlots(sorted, lock);
          await client.query('rollback');
          const names = new Set(wanted.map(nameOf));
          const expected = inserts
            .filter((one) => names.has(nameOf(one.slot)))
            .map(({ slot: one, json, fireAtMs }) => [nameOf(one), { json, revision: 1, fireAtMs }]);
          expect(new Map(found.map((one) => [nameOf(one.slot), one.stored]))).toEqual(
            new Map(expected as [string, unknown][]),
          );
          expect(found).toHaveLength(expected.length);
        }),
        { numRuns: 60 },
      );
    } finally {
      client.release();
    }
  }, 60_000);
});
