import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Bodies that examples were answered with: by operation, by name of the example. */
export type RecordedAnswers = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Written by the contract test when it runs with `AMENDS_TEST_RECORD=1`; compared otherwise. */
export const RECORDED_FILE = join(__dirname, '..', '..', 'recorded-answers.json');

export function readRecordedAnswers(): RecordedAnswers {
  if (!existsSync(RECORDED_FILE)) return {};
  return JSON.parse(readFileSync(RECORDED_FILE, 'utf8')) as RecordedAnswers;
}
