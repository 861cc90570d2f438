import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { EmbeddedPostgresError } from './embedded-postgres-error';

/** What is remembered between two starts. */
export interface Instance {
  /** 0 until one has been chosen. */
  readonly port: number;
  readonly password: string;
}

export function newInstance(): Instance {
  return { port: 0, password: randomBytes(24).toString('base64url') };
}

export function readInstance(path: string): Instance | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const { port, password } = (JSON.parse(text) ?? {}) as Partial<Instance>;
  if (typeof port === 'number' && typeof password === 'string') return { port, password };
  throw new EmbeddedPostgresError(`${path} is damaged: it should hold a port and a password`);
}

/** Readable by us alone: it holds the password. On disk before the function returns. */
export function writeInstance(path: string, instance: Instance): void {
  const draft = `${path}.new`;
  const file = openSync(draft, 'w', 0o600);
  writeSync(file, `${JSON.stringify(instance)}\n`);
  fsyncSync(file);
  closeSync(file);
  renameSync(draft, path);
}
