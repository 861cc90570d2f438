import { Topics } from '@amends/application';
import { DEFAULT_TOPICS, eventTopic } from '@amends/contracts';

/**
 * Topics by event type, with the account's overrides (types or their first parts). Under the stream
 * clock there is one topic: what arrives has one order.
 */
export function createTopics(
  clock: 'wall' | 'stream',
  overrides: Readonly<Record<string, string>> = {},
): Topics {
  if (clock === 'stream') return Topics.single();
  const all = [...new Set([...DEFAULT_TOPICS, ...Object.values(overrides)])];
  return Topics.byType((type) => eventTopic(type, overrides), all);
}
