import { attributeText } from '../event';
import type { JsonObject } from '../json';

/** What the service tells about itself: types begin with it. */
const OWN_PREFIX = 'amends.';
/** `source` of every event that the service tells itself. */
export const OWN_SOURCE = '/amends';
/**
 * A payout or message that rules made because of our own events is so many steps away from the world. What is
 * told of those that are this far is seen by no rule: no chain of rules can feed itself.
 */
export const OWN_STEPS_MAX = 1;

/** All states of a compensation: each is told. */
export const COMPENSATION_STATES = [
  'proposed',
  'awaiting_approval',
  'held',
  'reserved',
  'sending',
  'unknown',
  'settled',
  'failed',
  'withdrawn',
  'rejected',
  'reversed',
] as const;

/** States of a compensation and of a message that are told to rules that watch them. */
const TOLD = {
  compensation: COMPENSATION_STATES,
  message: ['queued', 'held', 'sent', 'failed'],
} as const;

/** Every type of event by which rules can watch what the service does. */
export const OWN_EVENT_TYPES: readonly string[] = Object.entries(TOLD).flatMap(([of, states]) =>
  states.map((state) => `${OWN_PREFIX}${of}.${state}`),
);

export function isOwnType(type: string): boolean {
  return type.startsWith(OWN_PREFIX);
}

/** Whether an event of ours is about what our own events led to: no rule may see it. */
export function isSpentOwnEvent(type: string, event: JsonObject): boolean {
  if (!isOwnType(type)) return false;
  const { data } = event;
  const depth = typeof data === 'object' && data !== null && 'depth' in data ? data.depth : 0;
  return typeof depth === 'number' && depth >= OWN_STEPS_MAX;
}

/**
 * How many steps an incident is away from the world: 0, or 1 where an event of ours is among what it rests on.
 *
 * @param evidence source|id of its events
 * @param event the one that its plain paths speak of
 */
export function ownDepth(evidence: readonly string[], event: JsonObject): number {
  const isOwn =
    isOwnType(attributeText(event, 'type')) ||
    evidence.some((ref) => ref.startsWith(`${OWN_SOURCE}|`));
  return isOwn ? 1 : 0;
}
