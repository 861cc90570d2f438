import { DATABASE_ROLES, roleName } from './database-role';
import { FUNCTION_GRANTS, SEQUENCE_GRANTS, TABLE_GRANTS } from './grants';

/** One privilege of one role on one thing. */
export interface OneGrant {
  /** `amends_api` */
  readonly role: string;
  readonly kind: 'table' | 'sequence' | 'function';
  readonly name: string;
  /** Null: of all of it. */
  readonly column: string | null;
  /** `SELECT` */
  readonly privilege: string;
}

const PRIVILEGE = /(\w+)(?:\s*\(([^)]*)\))?/g;

/** Every privilege that is declared, one by one. */
export function declaredGrants(): OneGrant[] {
  return [
    ...Object.entries(TABLE_GRANTS).flatMap(([name, grants]) => of('table', name, grants)),
    ...Object.entries(SEQUENCE_GRANTS).flatMap(([name, grants]) => of('sequence', name, grants)),
    ...Object.entries(FUNCTION_GRANTS).flatMap(([name, roles]) =>
      of('function', name, Object.fromEntries(roles.map((role) => [role, 'execute']))),
    ),
  ];
}

export function sameGrant(one: OneGrant): string {
  return [one.role, one.kind, one.name, one.column ?? '', one.privilege].join(' ');
}

function of(
  kind: OneGrant['kind'],
  name: string,
  grants: Readonly<Record<string, string>>,
): OneGrant[] {
  return DATABASE_ROLES.flatMap((role) =>
    [...(grants[role] ?? '').matchAll(PRIVILEGE)].flatMap(([, privilege = '', columns]) =>
      (columns === undefined ? [null] : columns.split(',')).map((column) => ({
        role: roleName(role),
        kind,
        name,
        column: column?.trim() ?? null,
        privilege: privilege.toUpperCase(),
      })),
    ),
  );
}
