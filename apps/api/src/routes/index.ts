import type { RouteSpec } from '../http/route';
import { API_KEY_ROUTES } from './api-keys/api-keys.routes';
import { APPROVAL_ROUTES } from './approvals/approvals.routes';
import { AUDIT_ROUTES } from './audit/audit.routes';
import { BUDGET_ROUTES } from './budgets/budgets.routes';
import { CALENDAR_ROUTES } from './calendars/calendars.routes';
import { CLOCK_ROUTES } from './clock/clock.routes';
import { COMPENSATION_ROUTES } from './compensations/compensations.routes';
import { CUSTOMER_ROUTES } from './customers/customers.routes';
import { EVENT_ROUTES } from './events/events.routes';
import { HOLD_ROUTES } from './holds/holds.routes';
import { INCIDENT_ROUTES } from './incidents/incidents.routes';
import { JOB_ROUTES } from './jobs/jobs.routes';
import { MESSAGE_ROUTES } from './messages/messages.routes';
import { PAYOUT_HOOK_ROUTES } from './payout-hooks/payout-hooks.routes';
import { NOTICE_ROUTES } from './notices/notices.routes';
import { QUARANTINE_ROUTES } from './quarantine/quarantine.routes';
import { ROLLOUT_ROUTES } from './rules/rollout.routes';
import { RULE_ROUTES } from './rules/rules.routes';
import { SESSION_ROUTES } from './session/session.routes';
import { SETTINGS_ROUTES } from './settings/settings.routes';
import { SYSTEM_ROUTES } from './system/system.routes';
import { TEMPLATE_ROUTES } from './templates/templates.routes';
import { WALLET_ROUTES } from './wallets/wallets.routes';

/** Every route there is, in the order of the documentation, in which its examples are run, too. */
export const ROUTES: readonly RouteSpec[] = [
  ...EVENT_ROUTES,
  ...TEMPLATE_ROUTES,
  ...CALENDAR_ROUTES,
  ...RULE_ROUTES,
  ...ROLLOUT_ROUTES,
  ...INCIDENT_ROUTES,
  ...COMPENSATION_ROUTES,
  ...APPROVAL_ROUTES,
  ...HOLD_ROUTES,
  ...JOB_ROUTES,
  ...BUDGET_ROUTES,
  ...CUSTOMER_ROUTES,
  ...WALLET_ROUTES,
  ...MESSAGE_ROUTES,
  ...QUARANTINE_ROUTES,
  ...SETTINGS_ROUTES,
  ...API_KEY_ROUTES,
  ...SESSION_ROUTES,
  ...NOTICE_ROUTES,
  ...AUDIT_ROUTES,
  ...PAYOUT_HOOK_ROUTES,
  ...CLOCK_ROUTES,
  ...SYSTEM_ROUTES,
];
