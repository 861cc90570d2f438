import type { HealthChecks, Metrics } from '@amends/platform';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Operations {
  readonly port: number;
  close(): Promise<void>;
}

/** `/healthz`, `/readyz` and `/metrics` of a process that has no REST side. */
export async function serveOperations({
  port,
  health,
  metrics,
}: {
  readonly port: number;
  readonly health: HealthChecks;
  readonly metrics: Metrics;
}): Promise<Operations> {
  const server = createServer((request, response) => {
    answer(request.url ?? '', response, health, metrics).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () => closed(server),
  };
}

async function answer(
  url: string,
  response: ServerResponse,
  health: HealthChecks,
  metrics: Metrics,
): Promise<void> {
  switch (url) {
    case '/healthz':
      send(response, 200, '{"status":"ok"}', 'application/json');
      break;
    case '/readyz': {
      const report = await health.run();
      const status = report.status === 'down' ? 503 : 200;
      send(response, status, JSON.stringify(report), 'application/json');
      break;
    }
    case '/metrics':
      send(response, 200, await metrics.registry.metrics(), metrics.registry.contentType);
      break;
    default:
      send(response, 404, '', 'text/plain');
  }
}

function send(response: ServerResponse, status: number, body: string, type: string): void {
  response.writeHead(status, { 'content-type': type });
  response.end(body);
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}
