import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Drain } from '../routes/system/drain';

/** Requests that run get this long to end, then their connections are cut. */
const PATIENCE_MS = 4_000;

/** Takes nothing new, lets what runs end, and stops the workers between two pieces of work. */
export async function endHttp(app: NestExpressApplication, drain: Drain): Promise<void> {
  drain.begin();
  const cut = setTimeout(() => {
    app.getHttpServer().closeAllConnections();
  }, PATIENCE_MS);
  await app.close();
  clearTimeout(cut);
}
