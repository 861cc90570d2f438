import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../../../..');
const POM = join(ROOT, 'libs/testing/kafka-broker/pom.xml');
const JAVA_LEAST = 17;
const DOWNLOAD_TIMEOUT_MS = 300_000;

export type KafkaJars =
  | { readonly ok: true; readonly java: string; readonly folder: string }
  | { readonly ok: false; readonly missing: string };

/**
 * The jars of a Kafka broker, fetched by Maven into `.cache/` once per machine and version, and the
 * Java to run them with; or what is missing for that.
 */
export function kafkaJars(): KafkaJars {
  const java = findJava();
  if (java === undefined) return { ok: false, missing: `Java ${String(JAVA_LEAST)} or newer` };

  const version = createHash('sha256').update(readFileSync(POM)).digest('hex').slice(0, 12);
  const folder = join(ROOT, '.cache', `kafka-${version}`);
  if (existsSync(folder)) return { ok: true, java, folder };

  const draft = `${folder}.${String(process.pid)}`;
  const fetched = spawnSync(
    process.platform === 'win32' ? 'mvn.cmd' : 'mvn',
    ['-q', '-B', '-f', POM, 'dependency:copy-dependencies', `-DoutputDirectory=${draft}`],
    { encoding: 'utf8', timeout: DOWNLOAD_TIMEOUT_MS, shell: process.platform === 'win32' },
  );
  if (fetched.error !== undefined) return { ok: false, missing: 'Maven (mvn)' };
  if (fetched.status !== 0) {
    return { ok: false, missing: `the jars of Kafka; Maven says: ${fetched.stdout.trim()}` };
  }
  try {
    renameSync(draft, folder);
  } catch (error) {
    // Another run on the same checkout was faster.
    if (!existsSync(folder)) throw error;
    rmSync(draft, { recursive: true, force: true });
  }
  return { ok: true, java, folder };
}

function findJava(): string | undefined {
  const home = process.env['JAVA_HOME'];
  const candidates = home === undefined ? ['java'] : [join(home, 'bin', 'java'), 'java'];
  return candidates.find((java) => {
    const { stderr, error } = spawnSync(java, ['-version'], { encoding: 'utf8' });
    if (error !== undefined) return false;
    return Number(/version "(\d+)/.exec(stderr)?.[1] ?? 0) >= JAVA_LEAST;
  });
}
