import type { CrashPointName } from './crash-point-names';

interface Armed {
  readonly name: string;
  passesLeft: number;
}

const armed = readArmed(process.env);

/**
 * Dies on the spot, as by `kill -9`, when this is the pass the environment asks for.
 *
 * `AMENDS_CRASH_AT=name:n` names the point and the pass (`:n` may be left out: the first one), and
 * nothing happens unless `AMENDS_TEST_CRASH=1` arms it too, so that one stray variable cannot take
 * a production process down. Call it between two steps whose order matters; it costs a comparison
 * when it is not armed. Every name used belongs into `crash-point-names.ts`.
 */
export function crashPoint(name: CrashPointName): void {
  if (armed?.name !== name) return;

  armed.passesLeft -= 1;
  if (armed.passesLeft > 0) return;

  process.kill(process.pid, 'SIGKILL');
  // The signal is taken on return to user mode; nothing of ours may run in between.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000);
}

function readArmed(env: NodeJS.ProcessEnv): Armed | undefined {
  const spec = env['AMENDS_CRASH_AT'];
  if (env['AMENDS_TEST_CRASH'] !== '1' || spec === undefined || spec === '') return undefined;

  const [name = '', pass = '1'] = spec.split(':');
  const passes = Number(pass);
  if (!Number.isSafeInteger(passes) || passes < 1) {
    throw new Error(`AMENDS_CRASH_AT: "${spec}" is not name:n with n >= 1`);
  }
  return { name, passesLeft: passes };
}
