import type { Metrics } from '@amends/platform';

/** The metrics of this process; injected by its class. */
export class MetricsSource {
  constructor(readonly metrics: Metrics) {}
}
