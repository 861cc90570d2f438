import type { Database } from '../../queries/sql';
import { announce } from '../notices/announce';

/** People are told so long before a hold ends by itself and what it held is paid. */
const BEFORE = '15 minutes';

/** Tells of holds that are about to end by themselves, once each. */
export async function tellOfEndingHolds(database: Database): Promise<void> {
  const { rows } = await database.query<{ id: string; until: Date; reason: string }>(
    `select h.id, h.until, h.reason from hold h
     where h.state in ('activating', 'active') and h.until <= now() + interval '${BEFORE}'
       and not exists (
         select 1 from notice n where n.occasion = 'hold:' || h.id || ':ending')`,
  );
  if (rows.length === 0) return;
  await database.transaction((sql) =>
    announce(
      sql,
      rows.map(({ id, until, reason }) => ({
        kind: 'hold.ending',
        about: `hold:${id}`,
        occasion: `hold:${id}:ending`,
        detail: { until, reason },
      })),
    ),
  );
}
