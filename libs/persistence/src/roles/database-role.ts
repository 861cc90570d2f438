/**
 * As whom a process talks to the database (ADR 13): `detector` reads the stream and finds incidents, `remedy` decides, pays
 * and tells, `api` is the REST side, `desk` those of its use cases in which a person moves money or has a customer erased.
 */
export const DATABASE_ROLES = ['api', 'desk', 'detector', 'remedy'] as const;

export type DatabaseRole = (typeof DATABASE_ROLES)[number];

/** Its name in PostgreSQL, where roles belong to the whole cluster. */
export function roleName(role: DatabaseRole): string {
  return `amends_${role}`;
}
