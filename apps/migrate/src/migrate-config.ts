import { DATABASE_SETTINGS, setting } from '@amends/platform';
import { z } from 'zod';

/** Settings of the command that brings the schema up to date. */
export const migrateConfig = z.object({
  DATABASE_URL: setting.url('postgres', 'postgresql'),
  ...DATABASE_SETTINGS,
  /** Set for every role of the image; not used here. */
  AMENDS_DATA_DIR: z.string().optional(),
});
