import { DEFAULT_TOPICS, eventTopic } from '@amends/contracts';
import { isOwnType } from '@amends/domain';
import type { Sql } from '../queries/sql';
import { readSettings } from '../settings/read-settings';

/**
 * In place of a topic, what our own events wait in before they go to theirs: it is not read, but it has a clock.
 */
export const OWN_EVENTS_CLOCK = 'amends.own-events';

/** Event types (or their first parts) to topics: as it is, and all that ever was. */
export interface TopicRoutes {
  readonly current: Readonly<Record<string, string>>;
  readonly known: readonly TopicRoute[];
}

export interface TopicRoute {
  readonly prefix: string;
  readonly topic: string;
}

export async function readTopicRoutes(sql: Sql): Promise<TopicRoutes> {
  const { settings } = await readSettings(sql);
  const { rows } = await sql.query<TopicRoute>(
    'select prefix, topic from topic_route order by prefix, topic',
  );
  return { current: settings.topics, known: rows };
}

/** Remembers the routes of a map: what was sent under it may still be unread. */
export async function keepTopicRoutes(
  sql: Sql,
  map: Readonly<Record<string, string>>,
): Promise<void> {
  await sql.query(
    `insert into topic_route (prefix, topic) select * from unnest($1::text[], $2::text[])
     on conflict do nothing`,
    [Object.keys(map), Object.values(map)],
  );
}

/** Every topic that has to be read. */
export function topicsRead({ current, known }: TopicRoutes): string[] {
  const others = [...Object.values(current), ...known.map(({ topic }) => topic)];
  return [...new Set([...DEFAULT_TOPICS, ...others])];
}

/**
 * Every topic that may carry events of a type: where they go, where they went under an earlier map,
 * and where they go without one. Senders follow a change within a second, and not all at once.
 */
export function topicsCarrying(type: string, { current, known }: TopicRoutes): string[] {
  const routes = known.filter(({ prefix }) => type === prefix || type.startsWith(`${prefix}.`));
  const topics = routes.map(({ topic }) => topic);
  const before = isOwnType(type) ? [OWN_EVENTS_CLOCK] : [];
  return [...new Set([eventTopic(type), eventTopic(type, current), ...topics, ...before])].sort();
}
