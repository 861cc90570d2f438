import { Topics, type TopicRoutes } from '@amends/application';

/**
 * Topics by event type and the account's map, over the log or a broker. Under the stream clock there
 * is one topic: what arrives has one order.
 */
export function createTopics(
  clock: 'wall' | 'stream',
  routes: TopicRoutes,
  input: 'log' | 'kafka',
): Topics {
  if (clock === 'stream') return Topics.single();
  return input === 'kafka' ? Topics.subscribed(routes) : Topics.routed(routes);
}
