import { createServer, type Server, type ServerResponse } from 'node:http';
import type { HealthChecks, Metrics } from '@amends/platform';

/** What operators ask a process without REST: `/healthz`, `/readyz`, `/metrics`. */
export async function startOpsServer(
  port: number,
  health: HealthChecks,
  metrics: Metrics,
): Promise<Server> {
  const server = createServer((request, response) => {
    void answer(request.url ?? '', response, health, metrics).catch(() => {
      response.writeHead(500).end();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, resolve);
  });
  return server;
}

async function answer(
  url: string,
  response: ServerResponse,
  health: HealthChecks,
  { registry }: Metrics,
): Promise<void> {
  if (url === '/healthz' || url === '/readyz') {
    const report = url === '/healthz' ? await health.alive() : await health.run();
    const status = report.status === 'down' ? 503 : 200;
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(report));
  } else if (url === '/metrics') {
    response.writeHead(200, { 'content-type': registry.contentType });
    response.end(await registry.metrics());
  } else response.writeHead(404).end();
}
