import { createServer } from 'node:net';

/**
 * Below what the kernel hands out by itself (32768 on Linux, 49152 elsewhere): a port of that range
 * may be taken by somebody's outgoing connection before whoever it was meant for listens on it.
 */
const FIRST = 15_000;
const COUNT = 17_000;
/** Processes that run side by side begin far from each other. */
const STRIDE = 389;

let next = (process.pid * STRIDE) % COUNT;

/** Ports nobody listens on just now, and that this process does not name twice. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  for (let tried = 0; ports.length < count; tried += 1) {
    if (tried === COUNT) throw new Error(`fewer than ${String(count)} ports are free`);
    const port = FIRST + next;
    next = (next + 1) % COUNT;
    if (await isFree(port)) ports.push(port);
  }
  return ports;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    // Without a host: whoever listens on one address or on all of them is in the way.
    server.listen(port, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}
