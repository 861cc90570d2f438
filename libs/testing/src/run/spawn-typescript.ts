import { spawn, type ChildProcess } from 'node:child_process';
import { join, resolve } from 'node:path';
import { testRunFolder } from './test-run-folder';
import { rmSync, writeFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';

/** A process of a spec's own, running TypeScript as it is. */
export interface SpawnedScript {
  readonly process: ChildProcess;
  /** Everything it has written so far, both streams. */
  output(): string;
  /** The line it has written or will write; rejects when it ends, or says nothing, before. */
  line(pattern: RegExp, timeoutMs?: number): Promise<string>;
  /** Sends the signal (kill -9 unless given) and waits for the end. Gives code or signal. */
  end(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals>;
}

const ROOT = resolve(__dirname, '../../../..');
const HOOK = join(ROOT, 'scripts/typescript-hook.cjs');

/**
 * Runs TypeScript in a process that a spec may kill. `code` may import `@amends/…`; it is not
 * compiled beforehand, so a spec needs no build.
 */
export function spawnTypescript(code: string, env: NodeJS.ProcessEnv = {}): SpawnedScript {
  const path = join(testRunFolder(), `script-${randomUUID()}`);
  writeFileSync(`${path}.ts`, code);
  const child = spawn(process.execPath, ['-r', HOOK, `${path}.ts`], {
    env: { ...process.env, NODE_PATH: join(ROOT, 'node_modules'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  writeFileSync(`${path}.pid`, String(child.pid));
  let output = '';
  const collect = (chunk: Buffer) => (output += chunk.toString());
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const ended = new Promise<number | NodeJS.Signals>((done) => {
    child.on('close', (exitCode, signal) => {
      rmSync(`${path}.pid`, { force: true });
      done(exitCode ?? signal ?? -1);
    });
  });
  return {
    process: child,
    output: () => output,
    line: async (pattern, timeoutMs = 20_000) => {
      const giveUpAtMs = Date.now() + timeoutMs;
      for (;;) {
        const found = output.split('\n').find((text) => pattern.test(text));
        if (found !== undefined) return found;
        const isOver = child.exitCode !== null || child.signalCode !== null;
        if (isOver || Date.now() > giveUpAtMs) {
          throw new Error(`${isOver ? 'ended' : 'silent'} without ${String(pattern)}:\n${output}`);
        }
        await new Promise((resume) => setTimeout(resume, 10));
      }
    },
    end: async (signal = 'SIGKILL') => {
      child.kill(signal);
      return ended;
    },
  };
}
