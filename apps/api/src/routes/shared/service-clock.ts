import type { ClockMode } from '@amends/application';

/** Which clock the service runs on; injected by its class. */
export class ServiceClock {
  constructor(readonly mode: ClockMode) {}

  get isStream(): boolean {
    return this.mode === 'stream';
  }
}
