import type { HistoryAppend } from '@amends/application';
import type { ClientBase } from 'pg';
import { jsonTexts } from '../database/json-list';
import { plainArray, textArray } from '../database/pg-array';
import { pgTime } from '../database/pg-time';
import { execute, tuplesOf } from '../database/statement';
import {
  APPEND_HISTORY,
  APPEND_KEYED,
  APPEND_SILENTLY,
  type BodySource,
} from './history-statements';

/** Appends events, with the values they are looked up by; answers their seqs, in order, where they are wanted. */
export async function appendHistory(
  client: ClientBase,
  rows: readonly HistoryAppend[],
  wantsSeqs: boolean,
): Promise<bigint[]> {
  const from: BodySource = rows.every(({ body }) => body === null) ? 'log' : 'given';
  const values: unknown[] = [
    textArray(rows.map(({ timeMs }) => pgTime(timeMs))),
    textArray(rows.map(({ source }) => source)),
    textArray(rows.map(({ id }) => id)),
    textArray(rows.map(({ type }) => type)),
    textArray(rows.map(({ subject }) => subject)),
    textArray(rows.map(({ customerId }) => customerId)),
    textArray(rows.map(({ topic }) => topic)),
    plainArray(rows.map(({ partition }) => partition)),
    plainArray(rows.map(({ offset }) => offset)),
    plainArray(rows.map(({ imported }) => imported)),
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
  const isKeyed = keys.length > 0;
  if (!isKeyed && !wantsSeqs) {
    expectAll(await execute(client, APPEND_SILENTLY[from], values), rows);
    return [];
  }
  const statement = isKeyed ? APPEND_KEYED[from] : APPEND_HISTORY[from];
  const seqs = await tuplesOf<[bigint]>(client, statement, values);
  expectAll(seqs.length, rows);
  return seqs.map(([seq]) => seq);
}

/** What has not been read yet is never trimmed from the log, so this cannot happen; but if, loudly. */
function expectAll(count: number, rows: readonly HistoryAppend[]): void {
  if (count !== rows.length) throw new Error('events to be kept are missing from the log');
}
