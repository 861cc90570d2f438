import 'reflect-metadata';
import { createLogger, readConfig, shutDown, type Ending, type Logger } from '@amends/platform';
import { standaloneConfig } from './config';
import { startService, type RunningService } from './start-service';

const FAILED = 1;

/** `npm start`: the whole of Amends in one process, with a database of its own unless you have one. */
async function main(): Promise<void> {
  const config = readConfig(standaloneConfig);
  const logger = createLogger({ app: 'standalone', level: config.LOG_LEVEL });
  endOnFaults(logger);
  const endings: Ending[] = [];
  const stopped = stopSignal();
  try {
    const service = await startService(config, logger, endings);
    greet(service, config.HOST);
    service.announced();
    const signal = await stopped;
    logger.info('ending', { signal });
  } catch (err) {
    logger.error('the service could not start', { err });
    await shutDown(endings, logger);
    process.exit(FAILED);
  }
  process.exit(await shutDown(endings, logger));
}

/** The address, and the first Admin key if it was made just now: it cannot be shown again. */
function greet({ url, adminKey }: RunningService, host: string): void {
  const shown =
    host === '0.0.0.0' || host === '::' ? url.replace(/\/\/[^/]*(:\d+)/, '//localhost$1') : url;
  const lines = [`Amends is ready: ${shown}`, `Documentation:   ${shown}/docs`];
  if (adminKey !== undefined) {
    lines.push(`First Admin key: ${adminKey}`, 'It is not shown again: keep it.');
  }
  process.stdout.write(`\n${lines.join('\n')}\n\n`);
}

function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    // Not once: a second Ctrl-C must not kill us in the middle of closing the database.
    process.on('SIGINT', resolve);
    process.on('SIGTERM', resolve);
  });
}

/** A fault nobody caught: better a clean restart than going on with half a state. */
function endOnFaults(logger: Logger): void {
  const end = (err: unknown): void => {
    logger.error('an unexpected fault', { err });
    process.exit(FAILED);
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
}

void main();
