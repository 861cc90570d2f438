import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parseCsv, type CsvRow } from './csv';

/** The real samples lie beside the project and are never copied into it (their licences differ). */
const FOLDER = resolve(__dirname, '../../../../shared/data');

/** The rows of a sample file, such as `olist/olist_orders.csv`; `.gz` is unpacked. */
export function readSample(name: string): readonly CsvRow[] {
  const path = resolve(FOLDER, name);
  if (!existsSync(path)) {
    throw new Error(`${name} is not there: these specs need the samples in ../shared/data`);
  }
  const bytes = readFileSync(path);
  return parseCsv((name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'));
}
