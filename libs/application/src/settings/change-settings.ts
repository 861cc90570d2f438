import { writeAudit } from '../access/audit';
import type { Asked } from '../access/actor';
import { requirePrecondition, type Precondition } from '../access/precondition';
import { Refusal } from '../access/refusal';
import { keepTopicRoutes } from '../events/topic-routes';
import { documentHash } from '../admin/document-hash';
import type { Database } from '../queries/sql';
import { withSecondPerson, type Change } from '../second-person/with-second-person';
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
    const change = await this.changeOf(settings);
    return withSecondPerson(this.database, asked, change, async (sql) => {
      const before = await readSettings(sql, { lock: true });
      requirePrecondition(precondition, settingsStem(before.revision));
      // Looked at again under the lock: what was the same a moment ago may undo what two people have changed since.
      if (change === null && !areSameGuards(settings, before.settings)) {
        throw new Refusal('precondition_failed', { etag: settingsStem(before.revision) });
      }
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

  /** What may need another person: null where nothing changes that bounds the money. */
  private async changeOf(settings: Settings): Promise<Change | null> {
    const { settings: before } = await readSettings(this.database);
    if (areSameGuards(settings, before)) return null;
    return { kind: 'settings.change', about: 'settings', content: guardsOf(settings) };
  }
}

function areSameGuards(one: Settings, other: Settings): boolean {
  return documentHash(guardsOf(one)) === documentHash(guardsOf(other));
}

/** What bounds the money, and who may let it go. */
const GUARDS = [
  'four_eyes',
  'second_approver_over',
  'item_caps',
  'daily_ceilings',
  'manual_limit',
  'manual_limit_over',
  'guardrails',
  'abuse',
  'backtest_required',
] as const;

function guardsOf(settings: Settings) {
  const ofBrands = Object.entries(settings.brands).flatMap(
    ([brand, { daily_ceilings: own = [] }]) => (own.length === 0 ? [] : [[brand, own] as const]),
  );
  return {
    ...Object.fromEntries(GUARDS.map((name) => [name, settings[name]])),
    ...(ofBrands.length > 0 && { brand_ceilings: Object.fromEntries(ofBrands) }),
  };
}

export function settingsStem(revision: number): string {
  return `s${String(revision)}`;
}
