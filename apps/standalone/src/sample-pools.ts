import type { Pools } from '@amends/persistence';
import type { Metrics } from '@amends/platform';

/** Reads the state of the connection pools whenever the metrics are read. */
export function samplePools(metrics: Metrics, all: readonly Pools[]): void {
  const gauge = metrics.databaseConnections;
  const sample = (): void => {
    for (const pools of all) {
      for (const role of pools.roles) {
        const { totalCount, idleCount, waitingCount } = pools.get(role);
        gauge.set({ pool: role, state: 'busy' }, totalCount - idleCount);
        gauge.set({ pool: role, state: 'idle' }, idleCount);
        gauge.set({ pool: role, state: 'waiting' }, waitingCount);
      }
    }
  };
  // prom-client calls it before every reading.
  Object.assign(gauge, { collect: sample });
}
