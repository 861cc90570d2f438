import { defineRoute, type RouteSpec } from '../../http/route';
import { jsonBody } from '../shared/bodies';
import { EDITORS, READERS } from '../shared/roles';
import {
  calendarInput,
  calendarPage,
  calendarParams,
  calendarQuery,
  calendarView,
} from './calendars.schemas';

const tag = 'Calendars';
const answer = { description: 'The calendar', schema: calendarView, hasETag: true };
const depot = {
  title: 'Depot in Leeds',
  time_zone: 'Europe/London',
  working_days: [1, 2, 3, 4, 5],
  hours: { from: '08:00', to: '18:00' },
  holidays: ['2026-12-25', '2026-12-28'],
  source: 'depot notice board',
  years: [2026],
};

export const listCalendars = defineRoute({
  id: 'listCalendars',
  method: 'GET',
  path: '/v1/calendars',
  tag,
  summary: 'Calendars of working time',
  roles: READERS,
  quota: 'rest',
  query: calendarQuery,
  answers: { 200: { description: 'A page of calendars', schema: calendarPage, isPage: true } },
  problems: [],
  examples: [{ name: 'all', status: 200, path: '/v1/calendars?order=asc' }],
});

export const getCalendar = defineRoute({
  id: 'getCalendar',
  method: 'GET',
  path: '/v1/calendars/{id}',
  tag,
  summary: 'The newest version of a calendar',
  roles: READERS,
  quota: 'rest',
  params: calendarParams,
  answers: { 200: answer },
  problems: ['not_found'],
  examples: [{ name: 'read', status: 200, path: '/v1/calendars/office-days' }],
});

export const putCalendar = defineRoute({
  id: 'putCalendar',
  method: 'PUT',
  path: '/v1/calendars/{id}',
  tag,
  summary: 'Create a calendar, or make a new version of it',
  description:
    'A new version takes what opens from now on; the same document again makes no version.',
  roles: EDITORS,
  quota: 'rest',
  params: calendarParams,
  body: jsonBody(calendarInput),
  precondition: 'put',
  answers: { 200: answer, 201: { ...answer, hasLocation: true } },
  problems: [],
  examples: [
    {
      name: 'create',
      status: 201,
      path: '/v1/calendars/leeds-depot',
      headers: { 'If-None-Match': '*' },
      body: depot,
    },
    {
      name: 'a day that does not exist',
      status: 422,
      path: '/v1/calendars/leeds-depot',
      headers: { 'If-Match': '*' },
      body: { ...depot, holidays: ['2026-02-30'] },
    },
  ],
});

export const CALENDAR_ROUTES: readonly RouteSpec[] = [listCalendars, putCalendar, getCalendar];
