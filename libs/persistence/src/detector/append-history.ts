import type { HistoryAppend } from '@amends/application';
import type { ClientBase } from 'pg';
import { pgTime } from '../database/pg-time';
import { execute, tuplesOf } from '../database/statement';
import {
  APPEND_HISTORY,
  APPEND_HISTORY_KEYS,
  APPEND_HISTORY_KEYS_SEQS,
  APPEND_HISTORY_SEQS,
} from './history-statements';

/** Appends events, with the values they are looked up by; answers their seqs if wanted. */
export async function appendHistory(
  client: ClientBase,
  rows: readonly HistoryAppend[],
  wantsSeqs: boolean,
): Promise<bigint[]> {
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
    rows.map(({ body }) => body),
  ];
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
  if (!wantsSeqs) {
    await execute(client, keys.length > 0 ? APPEND_HISTORY_KEYS : APPEND_HISTORY, values);
    return [];
  }
  const statement = keys.length > 0 ? APPEND_HISTORY_KEYS_SEQS : APPEND_HISTORY_SEQS;
  return (await tuplesOf<[bigint]>(client, statement, values)).map(([seq]) => seq);
}
