import { mkdir, open, readFile, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AuditAnchor, type AnchoredHead, type AuditHead } from '@amends/application';
import { z } from 'zod';

const LINE = z.object({
  seq: z.string().regex(/^\d{1,18}$/),
  hash: z.string().regex(/^sha256:[0-9a-f]{64}$/),
});

/**
 * Ends of the audit chain in a file, a line of JSON each, forced to disk. It tells of a change in the database as long as
 * who can change that cannot change the file: it belongs on another machine, or on a medium that only takes more.
 */
export class FileAnchor extends AuditAnchor {
  readonly place = 'file';

  constructor(private readonly path: string) {
    super();
  }

  async put({ seq, hash }: AuditHead, atMs: number): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true });
    const file = await open(this.path, 'a+', 0o600);
    try {
      const line = {
        seq: seq.toString(),
        hash: `sha256:${hash.toString('hex')}`,
        at: new Date(atMs).toISOString(),
      };
      // What a power failure has cut short must not take the next one with it.
      const begin = (await endsLine(file)) ? '' : '\n';
      await file.write(`${begin}${JSON.stringify(line)}\n`);
      await file.datasync();
    } finally {
      await file.close();
    }
  }

  /** A line that cannot be read, such as one cut short by a power failure, says nothing. */
  async kept(): Promise<readonly AnchoredHead[]> {
    let text: string;
    try {
      text = await readFile(this.path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
    return text.split('\n').flatMap(readLine);
  }
}

async function endsLine(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return true;
  const { buffer } = await file.read({ buffer: Buffer.alloc(1), position: size - 1 });
  return buffer.toString() === '\n';
}

function readLine(line: string): AnchoredHead[] {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return [];
  }
  const parsed = LINE.safeParse(json);
  if (!parsed.success) return [];
  const { seq, hash } = parsed.data;
  return [{ seq: BigInt(seq), hash: Buffer.from(hash.slice('sha256:'.length), 'hex') }];
}
