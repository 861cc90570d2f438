import RequestQueue from 'kafkajs/src/network/requestQueue';

const CALM = Symbol.for('amends.kafkajs.calm');

interface Queue {
  pending: readonly unknown[];
  throttledUntil: number;
  scheduleCheckPendingRequests: (this: Queue) => void;
}

/**
 * kafkajs 2.2.4 re-arms a timer of zero milliseconds for ever on every idle connection
 * (tulios/kafkajs#1704, #1751): some 900 wake-ups a second each. Only while something waits, or the
 * broker has asked for a pause, is there anything to check.
 */
export function calmRequestQueue(): void {
  const prototype = RequestQueue.prototype as Queue & { [CALM]?: boolean };
  if (prototype[CALM] === true) return;
  const original = prototype.scheduleCheckPendingRequests;
  prototype.scheduleCheckPendingRequests = function (this: Queue): void {
    if (this.pending.length === 0 && this.throttledUntil <= Date.now()) return;
    original.call(this);
  };
  prototype[CALM] = true;
}
