import { resolve } from 'node:path';

/** A relay in a process of its own, to be killed; says `relaying` after its first turn. */
export function relayProgram(): string {
  return `
    import { Repeating } from '@amends/application';
    import { OutboxRelay } from '@amends/messaging';
    import { Pools } from '@amends/persistence';
    import { crashPoint } from '${resolve(__dirname, '../../../../platform/src')}';
    const env = process.env as Record<string, string>;
    async function main() {
      const pools = await Pools.open({ url: env.SPEC_DATABASE, sizes: { relay: 2 } });
      const relay = new OutboxRelay({
        brokers: env.SPEC_BROKERS.split(','),
        pool: pools.get('relay'),
        probe: (step) => crashPoint(step),
        onRelayed: (topic, count) => console.log('relayed', count, topic),
      });
      let turns = 0;
      new Repeating(() => relay.turn(), {
        everyMs: 20,
        onError: (error) => console.error(error),
        onTurn: () => { if ((turns += 1) === 1) console.log('relaying'); },
      });
    }
    main().catch((error) => { console.error(error); process.exit(1); });
  `;
}
