import { join } from 'node:path';
import { z } from 'zod';
import { setting } from './settings';

const EVERY_SECONDS = '300';

/** Who keeps ends of the audit chain outside of the database. */
export const AUDIT_SETTINGS = {
  /** Lines are added to this file; unless set, to one in the data folder. */
  AMENDS_AUDIT_ANCHOR_PATH: z.string().min(1).optional(),
  /** They are sent there as signed webhooks. */
  AMENDS_AUDIT_ANCHOR_URL: setting.url('https', 'http').optional(),
  AMENDS_AUDIT_ANCHOR_SECRET: z
    .string()
    .regex(/^whsec_[A-Za-z0-9+/]{32,}={0,2}$/, 'must be whsec_ and base 64 of at least 24 bytes')
    .optional(),
  AMENDS_AUDIT_ANCHOR_SECONDS: setting.integer(1, 86_400).prefault(EVERY_SECONDS),
} as const;

interface Settings {
  readonly AMENDS_DATA_DIR?: string | undefined;
  readonly AMENDS_AUDIT_ANCHOR_PATH?: string | undefined;
  readonly AMENDS_AUDIT_ANCHOR_URL?: string | undefined;
  readonly AMENDS_AUDIT_ANCHOR_SECRET?: string | undefined;
  readonly AMENDS_AUDIT_ANCHOR_SECONDS: number;
}

/** In the words of `createAuditAnchors`. */
export function auditAnchorSettings(config: Settings) {
  const { AMENDS_DATA_DIR: folder } = config;
  return {
    path:
      config.AMENDS_AUDIT_ANCHOR_PATH ??
      (folder === undefined ? undefined : join(folder, 'audit-anchors.jsonl')),
    url: config.AMENDS_AUDIT_ANCHOR_URL,
    secret: config.AMENDS_AUDIT_ANCHOR_SECRET,
    everyMs: config.AMENDS_AUDIT_ANCHOR_SECONDS * 1_000,
  };
}
