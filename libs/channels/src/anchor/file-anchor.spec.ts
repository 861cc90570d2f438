import { randomUUID } from 'node:crypto';
import { appendFile, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileAnchor } from './file-anchor';

describe('ends of the audit chain in a file', () => {
  const path = join(tmpdir(), `anchors-${randomUUID()}`, 'anchors.jsonl');
  const head = (seq: bigint) => ({ seq, hash: Buffer.alloc(32, Number(seq)) });
  afterAll(() => rm(join(path, '..'), { recursive: true, force: true }));

  it('are there again in their order', async () => {
    const anchor = new FileAnchor(path);
    expect(await anchor.kept()).toEqual([]);
    await anchor.put(head(1n), 0);
    await anchor.put(head(2n), 1);

    expect(await anchor.kept()).toEqual([head(1n), head(2n)]);
    expect((await readFile(path, 'utf8')).split('\n')).toHaveLength(3);
  });

  it('are all there but the one that a power failure has cut short', async () => {
    await appendFile(path, '{"seq":"3","hash":"sha256:03');
    await new FileAnchor(path).put(head(4n), 3);

    expect((await new FileAnchor(path).kept()).map(({ seq }) => seq)).toEqual([1n, 2n, 4n]);
  });
});
