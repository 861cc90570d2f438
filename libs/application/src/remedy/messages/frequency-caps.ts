import { parseDuration } from '@amends/domain';
import type { FrequencyCap } from '../../settings/settings-document';

/** A message that went out. */
export interface SentMessage {
  readonly channel: string;
  readonly atMs: number;
}

/** How far back caps look, in milliseconds; 0: there are none. */
export function longestCapMs(caps: readonly FrequencyCap[]): number {
  return Math.max(0, ...caps.map(({ over }) => parseDuration(over) ?? 0));
}

/**
 * When one more message on this channel fits all caps; undefined: now. A span is (t − over, t], as
 * with limits.
 * @param sent what the customer got within the longest cap, in any order
 */
export function cappedUntilMs(
  caps: readonly FrequencyCap[],
  sent: readonly SentMessage[],
  channel: string,
  nowMs: number,
): number | undefined {
  let untilMs: number | undefined;
  for (const cap of caps) {
    const overMs = parseDuration(cap.over);
    if (overMs === undefined || (cap.channel !== undefined && cap.channel !== channel)) continue;
    const inSpan = sent
      .filter(({ atMs }) => atMs > nowMs - overMs)
      .filter((message) => cap.channel === undefined || message.channel === cap.channel)
      .map(({ atMs }) => atMs)
      .sort((a, b) => b - a);
    // The `times`-th newest must have left the span.
    const blocking = inSpan[cap.times - 1];
    if (cap.times <= 0 || blocking === undefined) continue;
    untilMs = Math.max(untilMs ?? 0, blocking + overMs);
  }
  return untilMs;
}
