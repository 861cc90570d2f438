// The service as its users have it: the compiled app in a process of its own, spoken to over REST.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Api } from '../../scripts/demo/api.mjs';
import { appMain } from './dist.mjs';
import { startNode, stop } from './processes.mjs';

const ADMIN_KEY = 'amk_bench_0123456789abcdefghijklmnopqrstuvwxyz';
const READY_MS = 60_000;

/** Gives the work the whole service, ready, and ends it in any case. */
export async function withService(env, work) {
  const port = await freePort();
  const dataFolder = mkdtempSync(join(tmpdir(), 'amends-bench-data-'));
  const child = startNode(appMain('standalone'), {
    PORT: String(port),
    AMENDS_DATA_DIR: dataFolder,
    AMENDS_ADMIN_KEY: ADMIN_KEY,
    LOG_LEVEL: 'warn',
    ...env,
  });
  try {
    const url = `http://127.0.0.1:${port}`;
    await ready(child, url);
    return await work({ url, child, api: new Api(url, ADMIN_KEY), key: ADMIN_KEY });
  } finally {
    await stop(child);
    rmSync(dataFolder, { recursive: true, force: true });
  }
}

/** Gives the work the detector alone, ready, and ends it in any case. */
export async function withDetector(databaseUrl, work) {
  const port = await freePort();
  const child = startNode(appMain('detector'), detectorEnv(databaseUrl, port));
  try {
    await ready(child, `http://127.0.0.1:${port}`);
    return await work({ child });
  } finally {
    await stop(child);
  }
}

export function detectorEnv(databaseUrl, port) {
  return {
    DATABASE_URL: databaseUrl,
    LOG_LEVEL: 'warn',
    AMENDS_OPS_PORT: String(port),
  };
}

/** Saves a rule and rolls it out live, to everybody. */
export async function goLive(api, rule) {
  await api.put(`/v1/rules/${rule.id}`, rule);
  const { body } = await api.get(`/v1/rules/${rule.id}`);
  await api.put(`/v1/rules/${rule.id}/rollout`, { live: { version: body.version, percent: 100 } });
}

/** Sets which topics events of these types (or first parts) go to. */
export async function mapTopics(api, topics) {
  const { body } = await api.get('/v1/settings');
  delete body.updated_by;
  delete body.updated_at;
  await api.put('/v1/settings', { ...body, topics });
}

export function freePort() {
  return new Promise((done, fail) => {
    const server = createServer().once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

/** Waits until a process of ours says so on its port. */
export function readyAt(port) {
  return ready({ exitCode: null }, `http://127.0.0.1:${port}`);
}

async function ready(child, url) {
  const giveUpAtMs = Date.now() + READY_MS;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the service ended with ${child.exitCode}`);
    const response = await fetch(`${url}/readyz`).catch(() => undefined);
    if (response?.status === 200) return;
    if (Date.now() > giveUpAtMs) throw new Error(`not ready: ${(await response?.text()) ?? url}`);
    await sleep(50);
  }
}
