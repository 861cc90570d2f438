import { writeAudit } from '../access/audit';
import type { Asked } from '../access/actor';
import { requirePrecondition, type Precondition } from '../access/precondition';
import { keepTopicRoutes } from '../events/topic-routes';
import type { Database } from '../queries/sql';
import { readSettings, type StoredSettings } from './read-settings';
import type { Settings } from './settings-document';

/** Replaces the account's settings. */
export class ChangeSettings {
  constructor(private readonly database: Database) {}

  async execute(
    settings: Settings,
    precondition: Precondition,
    asked: Asked,
  ): Promise<StoredSettings> {
    return this.database.transaction(async (sql) => {
      const before = await readSettings(sql, { lock: true });
      requirePrecondition(precondition, settingsStem(before.revision));
      await sql.query(
        `update settings set document = $1, revision = revision + 1, updated_by = $2,
           updated_at = now()`,
        [JSON.stringify(settings), asked.actor.id],
      );
      await keepTopicRoutes(sql, before.settings.topics);
      await keepTopicRoutes(sql, settings.topics);
      // Lateness and topics are part of what the evaluator compiles.
      await sql.query('update rule_set set generation = generation + 1');
      await writeAudit(sql, asked, {
        action: 'settings.change',
        object: 'settings',
        before: before.settings,
        after: settings,
      });
      return readSettings(sql);
    });
  }
}

export function settingsStem(revision: number): string {
  return `s${String(revision)}`;
}
