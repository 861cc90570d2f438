import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FolderLock } from './folder-lock';

describe('FolderLock', () => {
  let folder: string;
  let path: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'amends-lock-'));
    path = join(folder, 'lock');
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('is held by one at a time', () => {
    const lock = FolderLock.take(path);

    expect(() => FolderLock.take(path)).toThrow(`in use by process ${String(process.pid)}`);
    lock.release();
    FolderLock.take(path).release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    ['a process that has ended', { pid: 2 ** 22 + 1, identity: 'x', token: 't' }],
    ['a number that belongs to a stranger now', { pid: 1, identity: 'former', token: 't' }],
    ['nobody that can be read', 'half a li'],
  ])('passes on from %s', (_who, content) => {
    writeFileSync(path, JSON.stringify(content));

    FolderLock.take(path).release();

    expect(readdirSync(folder)).toEqual([]);
  });

  it('is not released for its next holder', () => {
    const former = FolderLock.take(path);
    rmSync(path);
    const next = FolderLock.take(path);

    former.release();

    expect(() => FolderLock.take(path)).toThrow(/in use/);
    next.release();
  });
});
