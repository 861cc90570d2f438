import { types } from 'pg';

const INT8 = 20;
const INT8_ARRAY = 1016;

type Parser = (text: string) => unknown;
type ParserOf = (oid: number, format?: 'text' | 'binary') => Parser;

/** Those of the driver, which types the numbers of types as an enum. */
const standard: ParserOf = (oid, format) =>
  (types as unknown as { getTypeParser: ParserOf }).getTypeParser(oid, format);

/**
 * How values come back from PostgreSQL: `bigint` as BigInt (offsets and money do not fit a double),
 * `timestamptz` as Date, `numeric` as text, `json` parsed. An aggregate such as `count(*)` is a
 * bigint too: cast it (`count(*)::int`) where a number is wanted.
 */
export const typeParsers = {
  getTypeParser(oid: number, format?: 'text' | 'binary'): Parser {
    if (format !== 'binary') {
      if (oid === INT8) return BigInt;
      if (oid === INT8_ARRAY) return parseInt8Array;
    }
    return standard(oid, format);
  },
};

function parseInt8Array(text: string): (bigint | null)[] {
  const inner = text.slice(1, -1);
  if (inner === '') return [];
  return inner.split(',').map((part) => (part === 'NULL' ? null : BigInt(part)));
}
