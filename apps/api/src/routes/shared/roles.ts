import type { Role } from '@amends/application';

/** Everyone but machines that only deliver events. */
export const READERS: readonly Role[] = ['viewer', 'editor', 'approver', 'manager', 'admin'];

/** Who writes rules, templates, calendars and customer files, and gives goodwill. */
export const EDITORS: readonly Role[] = ['editor', 'manager', 'admin'];

/** Who decides about money and rollouts. */
export const APPROVERS: readonly Role[] = ['approver', 'manager', 'admin'];

/** Who works on cases: writes to customers, gives by hand, sets events aside. */
export const AGENTS: readonly Role[] = ['editor', 'approver', 'manager', 'admin'];

/** The only ones who may deny a customer. */
export const MANAGERS: readonly Role[] = ['manager', 'admin'];

export const ADMINS: readonly Role[] = ['admin'];

export const SENDERS: readonly Role[] = ['ingest', 'admin'];
