import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withLock } from './with-lock.mjs';

describe('withLock', () => {
  let folder: string;
  let path: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'amends-with-lock-'));
    path = join(folder, 'lock');
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('lets one in at a time, and leaves nothing behind', async () => {
    let inside = 0;
    let most = 0;
    const work = async () => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resume) => setTimeout(resume, 20));
      inside -= 1;
    };

    await Promise.all([1, 2, 3, 4].map(() => withLock(path, work)));

    expect(most).toBe(1);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('gives the lock back when the work fails', async () => {
    await expect(withLock(path, () => Promise.reject(new Error('no')))).rejects.toThrow('no');

    expect(await withLock(path, () => Promise.resolve('in'))).toBe('in');
  });

  it('takes it from a process that has ended', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await new Promise((done) => child.on('exit', done));
    mkdirSync(path);
    writeFileSync(join(path, 'pid'), String(child.pid));

    expect(await withLock(path, () => Promise.resolve('in'))).toBe('in');
  });
});
