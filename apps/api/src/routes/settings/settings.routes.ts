import { DEFAULT_SETTINGS } from '@amends/application';
import { defineRoute, type RouteSpec } from '../../http/route';
import { ADMINS, READERS } from '../shared/roles';
import { jsonBody } from '../shared/bodies';
import { settingsInput, settingsView } from './settings.schemas';

const tag = 'Settings';
const example = {
  ...DEFAULT_SETTINGS,
  brand: { sender_name: 'Orchard Market', sender_address: 'care@orchard.example' },
  quiet_hours: { from: '21:00', to: '08:00' },
  manual_limit: [{ value: '30.00', currency: 'CNY' }],
};

export const getSettings = defineRoute({
  id: 'getSettings',
  method: 'GET',
  path: '/v1/settings',
  tag,
  summary: 'The settings of the account',
  roles: READERS,
  quota: 'rest',
  answers: { 200: { description: 'The settings', schema: settingsView, hasETag: true } },
  problems: [],
  examples: [{ name: 'read', status: 200, path: '/v1/settings' }],
});

export const putSettings = defineRoute({
  id: 'putSettings',
  method: 'PUT',
  path: '/v1/settings',
  tag,
  summary: 'Replace the settings',
  description:
    'What is left out has its default again. In force within a second, in all processes.',
  roles: ADMINS,
  quota: 'rest',
  body: jsonBody(settingsInput),
  precondition: 'put',
  answers: { 200: { description: 'The new settings', schema: settingsView, hasETag: true } },
  problems: ['approval_required'],
  examples: [
    {
      name: 'quiet hours and a higher limit for agents',
      status: 200,
      path: '/v1/settings',
      headers: { 'If-Match': '"s1"' },
      body: example,
    },
    {
      name: 'somebody else was faster',
      status: 412,
      path: '/v1/settings',
      headers: { 'If-Match': '"s1"' },
      body: example,
    },
  ],
});

export const SETTINGS_ROUTES: readonly RouteSpec[] = [getSettings, putSettings];
