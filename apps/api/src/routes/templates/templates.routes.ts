import { DOCUMENT_LIMITS } from '@amends/contracts';
import { z } from 'zod';
import { defineRoute, type RouteSpec } from '../../http/route';
import { jsonBody } from '../shared/bodies';
import { EXAMPLE_IDS } from '../shared/example-ids';
import { AGENTS, EDITORS, READERS } from '../shared/roles';
import {
  previewInput,
  previewView,
  templateInput,
  templatePage,
  templateParams,
  templateQuery,
  templateView,
} from './templates.schemas';

const tag = 'Templates';
const answer = { description: 'The template', schema: templateView, hasETag: true };
const lunch = {
  title: 'Lunch came late',
  locales: {
    en: {
      email: {
        subject: 'Your order {{ order }} came late',
        text: 'Order {{ order }} was {{ facts.late }} minutes late. We are sorry: {{ amount }}, {{ arrives }}.',
      },
    },
    'zh-CN': {
      sms: {
        text: '您的订单 {{ order }} 晚到了 {{ facts.late }} 分钟，抱歉。已补偿 {{ amount }}。',
      },
    },
  },
};

export const listTemplates = defineRoute({
  id: 'listTemplates',
  method: 'GET',
  path: '/v1/templates',
  tag,
  summary: 'What customers are told',
  roles: READERS,
  quota: 'rest',
  query: templateQuery,
  answers: { 200: { description: 'A page of templates', schema: templatePage, isPage: true } },
  problems: [],
  examples: [{ name: 'all', status: 200, path: '/v1/templates' }],
});

export const getTemplate = defineRoute({
  id: 'getTemplate',
  method: 'GET',
  path: '/v1/templates/{id}',
  tag,
  summary: 'The newest version of a template',
  roles: READERS,
  quota: 'rest',
  params: templateParams,
  answers: { 200: answer },
  problems: ['not_found'],
  examples: [{ name: 'read', status: 200, path: '/v1/templates/late-lunch' }],
});

export const putTemplate = defineRoute({
  id: 'putTemplate',
  method: 'PUT',
  path: '/v1/templates/{id}',
  tag,
  summary: 'Create a template, or make a new version of it',
  description:
    'Liquid, per language and channel. Every mistake is named, unknown variables included. The same ' +
    'document again makes no version.',
  roles: EDITORS,
  quota: 'rest',
  params: templateParams,
  body: {
    ...jsonBody(z.record(z.string(), z.unknown())),
    schemaOf: { 'application/json': templateInput },
    maxBytes: DOCUMENT_LIMITS.maxBytes,
  },
  precondition: 'put',
  answers: { 200: answer, 201: { ...answer, hasLocation: true } },
  problems: ['invalid_template'],
  examples: [
    {
      name: 'create',
      status: 201,
      path: '/v1/templates/late-dinner',
      headers: { 'If-None-Match': '*' },
      body: lunch,
    },
    {
      name: 'a variable that does not exist',
      status: 422,
      path: '/v1/templates/late-dinner',
      headers: { 'If-Match': '*' },
      body: { locales: { en: { sms: { text: 'Sorry, {{ custmer.name }}.' } } } },
    },
  ],
});

export const previewTemplate = defineRoute({
  id: 'previewTemplate',
  method: 'POST',
  path: '/v1/templates/{id}/preview',
  tag,
  summary: 'What a customer would read',
  roles: [...AGENTS, 'viewer'],
  quota: 'rest',
  params: templateParams,
  body: jsonBody(previewInput),
  answers: { 200: { description: 'The words', schema: previewView } },
  problems: ['not_found'],
  examples: [
    {
      name: 'in Chinese, by SMS',
      status: 200,
      path: '/v1/templates/late-lunch/preview',
      body: { locale: 'zh-CN', channel: 'sms', incident_id: EXAMPLE_IDS.paidIncident },
    },
  ],
});

export const TEMPLATE_ROUTES: readonly RouteSpec[] = [
  listTemplates,
  putTemplate,
  getTemplate,
  previewTemplate,
];
