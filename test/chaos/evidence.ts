import { cpSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';

/** Journals, logs and the database of what went wrong; answers where they are. */
export function keepEvidence(folder: string, name: string): string {
  const to = resolve(__dirname, '../../.cache/chaos-evidence', name);
  rmSync(to, { recursive: true, force: true });
  cpSync(folder, to, { recursive: true });
  return to;
}
