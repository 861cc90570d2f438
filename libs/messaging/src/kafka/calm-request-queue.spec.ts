import RequestQueue from 'kafkajs/src/network/requestQueue';
import { calmRequestQueue } from './calm-request-queue';

interface Queue {
  pending: unknown[];
  throttledUntil: number;
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  scheduleCheckPendingRequests(): void;
  destroy(): void;
}

/** Fails when kafkajs has changed so that the repair no longer takes. */
describe('the request queue of kafkajs', () => {
  const Constructor = RequestQueue as unknown as new (options: object) => Queue;
  const queue = () =>
    new Constructor({
      maxInFlightRequests: 1,
      requestTimeout: 1,
      logger: { debug: () => undefined },
    });

  it('arms no timer while there is nothing to check, once calmed', () => {
    calmRequestQueue();
    calmRequestQueue();
    const idle = queue();
    idle.scheduleCheckPendingRequests();
    expect(idle.throttleCheckTimeoutId).toBeNull();
  });

  it('still looks after what waits, and after a pause the broker asked for', () => {
    calmRequestQueue();
    const waiting = queue();
    waiting.pending.push({});
    waiting.scheduleCheckPendingRequests();
    expect(waiting.throttleCheckTimeoutId).not.toBeNull();
    waiting.destroy();
    const throttled = queue();
    throttled.throttledUntil = Date.now() + 1_000;
    throttled.scheduleCheckPendingRequests();
    expect(throttled.throttleCheckTimeoutId).not.toBeNull();
    throttled.destroy();
  });
});
