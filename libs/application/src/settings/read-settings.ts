import { oneRow, type Sql } from '../queries/sql';
import { DEFAULT_SETTINGS, type Settings } from './settings-document';

export interface StoredSettings {
  readonly settings: Settings;
  readonly revision: number;
  readonly updatedBy: string | null;
  readonly updatedAt: Date;
}

interface SettingsRow {
  readonly document: Partial<Settings>;
  readonly revision: number;
  readonly updated_by: string | null;
  readonly updated_at: Date;
}

/** The account's settings; what was never set has its default. */
export async function readSettings(sql: Sql, options: { lock?: boolean } = {}) {
  const row = await oneRow<SettingsRow>(
    sql,
    `select document, revision, updated_by, updated_at from settings
     ${options.lock === true ? 'for update' : ''}`,
  );
  if (row === undefined) throw new Error('the settings row is missing');
  const stored: StoredSettings = {
    settings: {
      ...DEFAULT_SETTINGS,
      ...row.document,
      // It may be older than one of them.
      four_eyes: { ...DEFAULT_SETTINGS.four_eyes, ...row.document.four_eyes },
    },
    revision: row.revision,
    updatedBy: row.updated_by,
    updatedAt: row.updated_at,
  };
  return stored;
}
