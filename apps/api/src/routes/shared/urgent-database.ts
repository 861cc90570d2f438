import type { Database } from '@amends/application';

/** The database over connections that lists and ingest cannot take away; injected by its class. */
export class UrgentDatabase {
  constructor(readonly database: Database) {}
}
