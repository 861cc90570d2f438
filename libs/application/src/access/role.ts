/** What a key may do; API.md, Auth. */
export const ROLES = ['viewer', 'editor', 'approver', 'manager', 'admin', 'ingest'] as const;

export type Role = (typeof ROLES)[number];
