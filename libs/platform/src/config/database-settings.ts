import { z } from 'zod';

/** As whom a process works in PostgreSQL (ADR 13). */
export const DATABASE_SETTINGS = {
  /** `auto`: in its own roles where DATABASE_URL lets it; `require`: or it does not start; `off`: as that user. */
  AMENDS_DATABASE_ROLES: z
    .enum(['auto', 'require', 'off'], { error: 'must be auto, require or off' })
    .default('auto'),
} as const;
