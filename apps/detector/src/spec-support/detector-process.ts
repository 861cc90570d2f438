/**
 * The program that the crash specs kill: the detector over the log, and, where events are given, the
 * sending of them. Says `reading` once it reads.
 */
export function detectorProgram(): string {
  return `
    import 'reflect-metadata';
    import { readFileSync } from 'node:fs';
    import { Wake } from '@amends/application';
    import { createIngest, createTopics } from '@amends/messaging';
    import { Pools } from '@amends/persistence';
    import { crashPoint, createLogger, createMetrics, HealthChecks } from '@amends/platform';
    import { createDetector, DETECTOR_ROLES } from '${moduleOf('detector.module')}';
    import { toIncoming } from '${moduleOf('spec-support/detector-fixture')}';

    const env = process.env as Record<string, string>;
    async function main() {
      const clock = env.SPEC_CLOCK === 'stream' ? 'stream' : 'wall';
      const topics = createTopics(clock);
      const wake = new Wake();
      const pools = await Pools.open({
        url: env.SPEC_DATABASE,
        sizes: { detector: 4, timers: 4, ingest: 4 },
        as: DETECTOR_ROLES,
      });
      const { detector, source } = createDetector({
        pool: pools.get('detector'),
        timerPool: pools.get('timers'),
        wake, clock, topics, brokers: [], groupId: 'spec', chunkMs: 50, standstillMs: 60_000,
        metrics: createMetrics(), health: new HealthChecks(),
        logger: createLogger({ app: 'spec', level: 'error' }),
      });
      await detector.start();
      await source.start(detector.handle);
      console.log('reading');
      if (env.SPEC_EVENTS) {
        const { sink } = createIngest({
          pool: pools.get('ingest'), topics, wake, clock, probe: (step) => crashPoint(step),
        });
        const events = JSON.parse(readFileSync(env.SPEC_EVENTS, 'utf8'));
        for (let start = 0; start < events.length; start += 50) {
          const part = events.slice(start, start + 50);
          const verdicts = await sink.append(part.map(toIncoming), { history: false });
          if (verdicts.length !== part.length) throw new Error('a verdict is missing');
        }
        console.log('sent');
      }
    }
    main().catch((error) => { console.error(error); process.exit(1); });
  `;
}

function moduleOf(name: string): string {
  return `${__dirname.replaceAll('\\', '/').replace(/\/spec-support$/, '')}/${name}`;
}
