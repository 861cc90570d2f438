import { readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { withPool } from '../lib/database.mjs';
import { cpuSeconds, familyCpuSeconds, hasEnded, peakMiB, stop } from '../lib/processes.mjs';
import { countStatements, printStatements } from '../lib/statements.mjs';
import { significant } from '../lib/stats.mjs';
import { peersModule } from './peers-copy.mjs';

const POLL_MS = 50;
/** A JVM that starts beside much else needs a while before its first record. */
const STALLED_MS = 240_000;
/** Too many rows would show by then. */
const SETTLE_MS = 2_500;

/**
 * One run as the harness' bench.mjs does it: the topic is full, the process starts, and the time runs
 * from the first record handled to the last detection seen in PostgreSQL. Beside that, what the process,
 * PostgreSQL and the broker took of the CPU from the start on (or from where those that were held are
 * let go).
 */
export async function drain(subject, { server, broker, reference, count }) {
  await subject.prepare();
  const load = loadavg()[0];
  return withPool(subject.databaseUrl(), async (pool) => {
    await countStatements(pool);
    let before = [familyCpuSeconds(server.pid), familyCpuSeconds(broker.pid)];
    let startedMs = Date.now();
    const children = subject.start();
    try {
      const isReleased = await subject.release?.(pool);
      const ownBefore = children.map(({ pid }) => (isReleased ? cpuSeconds([pid]) : 0));
      if (isReleased) {
        before = [familyCpuSeconds(server.pid), familyCpuSeconds(broker.pid)];
        startedMs = Date.now();
      }
      const idleBefore = machineTimes();
      const { doneMs, cpu: cpuInAll, peaks } = await awaitDone(subject, pool, children);
      const machineBusy = busyShare(idleBefore, machineTimes());
      const cpu = cpuInAll.map((seconds, index) => seconds - ownBefore[index]);
      const after = [familyCpuSeconds(server.pid), familyCpuSeconds(broker.pid)];
      await printStatements(pool, count);
      await sleep(SETTLE_MS);
      const lines = await subject.lines(pool);
      const shares = await subject.shares?.();
      const perEventUs = (seconds) => significant((1e6 * seconds) / count);
      const { checksum } = await peersModule('reference.mjs');
      const firstMs = subject.firstMs(POLL_MS);
      const sum = checksum(lines);
      return {
        name: subject.name,
        rate: Math.round((1000 * count) / (doneMs - firstMs)),
        startUpSeconds: significant((firstMs - startedMs) / 1000),
        // Of ours: until all was read. What follows are the timers.
        ...(subject.readMs && { readingSeconds: significant((subject.readMs - firstMs) / 1000) }),
        seconds: significant((doneMs - firstMs) / 1000),
        peakMiB: peaks.reduce((a, b) => a + b, 0),
        cpuUs: perEventUs(cpu.reduce((a, b) => a + b, 0)),
        postgresUs: perEventUs(after[0] - before[0]),
        brokerUs: perEventUs(after[1] - before[1]),
        count: lines.length,
        checksum: sum,
        isExact: lines.length === reference.count && sum === reference.checksum,
        machineBusy,
        load: significant(load),
        ...(shares !== undefined && { shares, cpuUsEach: cpu.map(perEventUs), peakMiBEach: peaks }),
      };
    } finally {
      await Promise.all(children.map((child) => stop(child, 10_000)));
      await subject.clean();
    }
  });
}

async function awaitDone(subject, pool, children) {
  const cpu = children.map(() => 0);
  const peaks = children.map(() => 0);
  let seen = '';
  let movedMs = Date.now();
  for (;;) {
    children.forEach((child, index) => {
      cpu[index] = Math.max(cpu[index], cpuSeconds([child.pid]));
      peaks[index] = Math.max(peaks[index], peakMiB(child.pid));
    });
    const now = await subject.progress(pool);
    const nowMs = Date.now();
    if (now.isDone) return { doneMs: nowMs, cpu, peaks };
    if (now.seen !== seen) movedMs = nowMs;
    seen = now.seen;
    if (children.some(hasEnded) || nowMs - movedMs > STALLED_MS) {
      const said = readFileSync(subject.log, 'utf8').slice(-2_000);
      throw new Error(`${subject.name} stands still or has ended at ${seen}: ${said}`);
    }
    await sleep(POLL_MS);
  }
}

function machineTimes() {
  const all = cpus().map(({ times }) => times);
  const sum = (of) => all.reduce((total, times) => total + of(times), 0);
  return {
    idle: sum(({ idle }) => idle),
    all: sum((times) => Object.values(times).reduce((a, b) => a + b)),
  };
}

function busyShare(before, after) {
  return significant(1 - (after.idle - before.idle) / (after.all - before.all), 2);
}
