// Detectors and remedies as processes of their own, on Kafka, as they are deployed.
import { appMain } from './dist.mjs';
import { startNode, stop } from './processes.mjs';
import { freePort, readyAt } from './service.mjs';

/**
 * Starts them and waits until each is ready.
 *
 * @returns {Promise<{ name: string, child: import('node:child_process').ChildProcess, port: number }[]>}
 */
export async function startApps({ databaseUrl, broker, detectors = 0, remedies = 0 }) {
  const apps = [];
  const add = async (name, portName) => {
    const port = await freePort();
    const child = startNode(appMain(name), {
      DATABASE_URL: databaseUrl,
      KAFKA_BROKERS: broker.address,
      LOG_LEVEL: 'warn',
      [portName]: String(port),
    });
    apps.push({ name, child, port });
  };
  for (let number = 0; number < detectors; number += 1) await add('detector', 'AMENDS_OPS_PORT');
  for (let number = 0; number < remedies; number += 1) await add('remedy', 'PORT');
  await Promise.all(apps.map(({ port }) => readyAt(port)));
  return apps;
}

export async function stopApps(apps) {
  await Promise.all(apps.map(({ child }) => stop(child)));
}

/** Gives the work these processes, ready, and ends them in any case. */
export async function withApps(options, work) {
  const apps = await startApps(options);
  try {
    return await work(apps);
  } finally {
    await stopApps(apps);
  }
}
