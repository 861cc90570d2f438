import type { HistoryAppend } from '@amends/application';
import type { ClientBase } from 'pg';
import { jsonTexts } from '../database/json-list';
import { pgTime } from '../database/pg-time';
import { tuplesOf } from '../database/statement';
import { APPEND_HISTORY, APPEND_KEYED, type BodySource } from './history-statements';

/** Appends events, with the values they are looked up by; answers their seqs, in order. */
export async function appendHistory(
  client: ClientBase,
  rows: readonly HistoryAppend[],
): Promise<bigint[]> {
  const from: BodySource = rows.every(({ body }) => body === null) ? 'log' : 'given';
  const values: unknown[] = [
    rows.map(({ timeMs }) => pgTime(timeMs)),
    rows.map(({ source }) => source),
    rows.map(({ id }) => id),
    rows.map(({ type }) => type),
    rows.map(({ subject }) => subject),
    rows.map(({ customerId }) => customerId),
    rows.map(({ topic }) => topic),
    rows.map(({ partition }) => partition),
    rows.map(({ offset }) => offset),
    rows.map(({ imported }) => imported),
  ];
  if (from === 'given') values.push(jsonTexts(rows.map(({ body }) => body ?? '')));
  const keys = rows.flatMap(({ topic, partition, offset, keys: own }) =>
    own.map(({ path, hash }) => ({ topic, partition, offset, path, hash })),
  );
  if (keys.length > 0) {
    values.push(
      keys.map(({ topic }) => topic),
      keys.map(({ partition }) => partition),
      keys.map(({ offset }) => offset),
      keys.map(({ path }) => path),
      keys.map(({ hash }) => Buffer.from(hash)),
    );
  }
  const statement = keys.length > 0 ? APPEND_KEYED[from] : APPEND_HISTORY[from];
  const seqs = await tuplesOf<[bigint]>(client, statement, values);
  // What has not been read yet is never trimmed from the log, so this cannot happen; but if, loudly.
  if (seqs.length !== rows.length) throw new Error('events to be kept are missing from the log');
  return seqs.map(([seq]) => seq);
}
