import { useTestDatabase } from '@amends/testing';
import fc from 'fast-check';
import { arrayOf } from './binary-array';
import { pgTime } from './pg-time';

const database = useTestDatabase();

async function answered<T>(type: string, list: Buffer): Promise<T> {
  const { rows } = await database().pool.query<{ list: T }>(`select $1::${type}[] as list`, [list]);
  return (rows[0] as { list: T }).list;
}

/** Texts that PostgreSQL can hold: all but NUL and halves of surrogate pairs. */
const storable = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', ''));

it('gives every list of texts back as it was', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.option(storable)), async (values) => {
      expect(await answered('text', arrayOf.text(values))).toEqual(values);
    }),
  );
});

it('gives numbers back as they were, to their ends', async () => {
  const int4 = [0, -1, 2 ** 31 - 1, -(2 ** 31), null];
  expect(await answered('int', arrayOf.int4(int4))).toEqual(int4);
  const int2 = [0, -1, 32_767, -32_768, null];
  expect(await answered('smallint', arrayOf.int2(int2))).toEqual(int2);
  const int8 = [0n, -1n, 2n ** 63n - 1n, -(2n ** 63n), null];
  expect(await answered('bigint', arrayOf.int8(int8))).toEqual(
    int8.map((value) => value?.toString() ?? null),
  );
  const bool = [true, false, null];
  expect(await answered('boolean', arrayOf.bool(bool))).toEqual(bool);
});

it('means the same instants as their texts do, from the year 1 to the year 9999', async () => {
  const instants = fc.integer({ min: -70_000_000_000_000, max: 260_000_000_000_000 });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.option(instants)), async (values) => {
      const { rows } = await database().pool.query<{ same: boolean }>(
        'select $1::timestamptz[] is not distinct from $2::timestamptz[] as same',
        [arrayOf.timestamptz(values), values.map((atMs) => pgTime(atMs))],
      );
      expect(rows).toEqual([{ same: true }]);
    }),
  );
});

it('sends JSON texts as the values they are', async () => {
  const values = [{ a: ['é', 1.5, null] }, 'text', null, true];
  const list = arrayOf.jsonb([...values.map((value) => JSON.stringify(value)), null]);
  expect(await answered('jsonb', list)).toEqual([...values, null]);
});

it('has PostgreSQL refuse what is no JSON, or no text it can hold', async () => {
  await expect(answered('jsonb', arrayOf.jsonb(['{']))).rejects.toMatchObject({ code: '22P02' });
  await expect(answered('text', arrayOf.text(['\0']))).rejects.toMatchObject({ code: '22021' });
});

it('sends an empty list as an empty list', async () => {
  expect(await answered('text', arrayOf.text([]))).toEqual([]);
  expect(await answered('int', arrayOf.int4([]))).toEqual([]);
});
