import { clampToPg } from './pg-time';

/**
 * Lists as one array parameter each, in PostgreSQL's binary format (`array_recv`; the driver sends a Buffer as
 * it is). Text arrays cost both sides: here every value is escaped, there every value is parsed again, which of a
 * promise opened and closed was a quarter of the database's time and half of ours.
 */
export const arrayOf = { bool, int2, int4, int8, text, timestamptz, jsonb } as const;

/** OIDs of the element types, from pg_type.dat. */
const OID = { bool: 16, int8: 20, int2: 21, int4: 23, text: 25, timestamptz: 1184, jsonb: 3802 };

const HEADER_BYTES = 20;
const LENGTH_BYTES = 4;
const NULL_LENGTH = -1;
/** The version that stands before a jsonb's text on the wire. */
const JSONB_VERSION = Buffer.of(1);
const NO_BYTES = Buffer.alloc(0);

/** 2000-01-01T00:00:00Z, from where PostgreSQL counts microseconds. */
const POSTGRES_EPOCH_MS = 946_684_800_000;
/** Beyond this microseconds are no safe integers; up to it bigints, which are slow, are not needed. */
const EXACT_MS = Math.floor(Number.MAX_SAFE_INTEGER / 1_000);
const UINT32 = 2 ** 32;

function bool(values: readonly (boolean | null)[]): Buffer {
  return fixed(OID.bool, 1, values, (buffer, value, at) => buffer.writeUInt8(value ? 1 : 0, at));
}

function int2(values: readonly (number | null)[]): Buffer {
  return fixed(OID.int2, 2, values, (buffer, value, at) => buffer.writeInt16BE(value, at));
}

function int4(values: readonly (number | null)[]): Buffer {
  return fixed(OID.int4, 4, values, (buffer, value, at) => buffer.writeInt32BE(value, at));
}

function int8(values: readonly (bigint | null)[]): Buffer {
  return fixed(OID.int8, 8, values, (buffer, value, at) => buffer.writeBigInt64BE(value, at));
}

/** Epoch milliseconds; instants outside the years 1 to 9999 are moved to the nearest one inside. */
function timestamptz(values: readonly (number | null)[]): Buffer {
  return fixed(OID.timestamptz, 8, values, (buffer, value, at) => {
    const atMs = Math.trunc(clampToPg(value)) - POSTGRES_EPOCH_MS;
    if (Math.abs(atMs) > EXACT_MS) return buffer.writeBigInt64BE(BigInt(atMs) * 1_000n, at);
    const microseconds = atMs * 1_000;
    const high = Math.floor(microseconds / UINT32);
    buffer.writeInt32BE(high, at);
    return buffer.writeUInt32BE(microseconds - high * UINT32, at + LENGTH_BYTES);
  });
}

function text(values: readonly (string | null)[]): Buffer {
  return texts(OID.text, values, NO_BYTES);
}

/** Values that are JSON texts already. */
function jsonb(values: readonly (string | null)[]): Buffer {
  return texts(OID.jsonb, values, JSONB_VERSION);
}

function fixed<T>(
  oid: number,
  bytes: number,
  values: readonly (T | null)[],
  write: (buffer: Buffer, value: T, at: number) => number,
): Buffer {
  const buffer = withHeader(oid, values.length, values.length * (LENGTH_BYTES + bytes));
  let at = HEADER_BYTES;
  for (const value of values) {
    at = buffer.writeInt32BE(value === null ? NULL_LENGTH : bytes, at);
    if (value !== null) at = write(buffer, value, at);
  }
  return buffer.subarray(0, at);
}

function texts(oid: number, values: readonly (string | null)[], before: Buffer): Buffer {
  const lengths = values.map((value) =>
    value === null ? 0 : before.length + Buffer.byteLength(value, 'utf8'),
  );
  const bytes = lengths.reduce((sum, length) => sum + LENGTH_BYTES + length, 0);
  const buffer = withHeader(oid, values.length, bytes);
  let at = HEADER_BYTES;
  values.forEach((value, index) => {
    const length = lengths[index] ?? 0;
    at = buffer.writeInt32BE(value === null ? NULL_LENGTH : length, at);
    if (value === null) return;
    buffer.set(before, at);
    buffer.write(value, at + before.length, 'utf8');
    at += length;
  });
  return buffer;
}

/** One dimension, lower bound 1; an empty list has no dimension at all. */
function withHeader(oid: number, count: number, bytesMax: number): Buffer {
  const buffer = Buffer.allocUnsafe(HEADER_BYTES + bytesMax);
  buffer.writeInt32BE(count === 0 ? 0 : 1, 0);
  buffer.writeInt32BE(1, 4);
  buffer.writeInt32BE(oid, 8);
  buffer.writeInt32BE(count, 12);
  buffer.writeInt32BE(1, 16);
  return count === 0 ? buffer.subarray(0, 12) : buffer;
}
