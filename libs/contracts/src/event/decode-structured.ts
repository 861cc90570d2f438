import type { Decoded } from './decoded';
import { decodeEventText } from './decode-event';

/** HTTP structured mode, `application/cloudevents+json`: the body is the event. */
export function decodeStructured(body: Uint8Array | string, nowMs: number | null): Decoded {
  return decodeEventText(body, nowMs);
}
