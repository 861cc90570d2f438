import { MAX_BATCH_BYTES } from '@amends/contracts';
import { z } from 'zod';
import { defineRoute, type RouteSpec } from '../../http/route';
import { READERS, SENDERS } from '../shared/roles';
import {
  eventBatch,
  eventData,
  eventPage,
  eventQuery,
  eventView,
  ingestQuery,
  ingestView,
} from './events.schemas';

const tag = 'Events';
export const STRUCTURED = 'application/cloudevents+json';
export const BATCH = 'application/cloudevents-batch+json';

const delivered = {
  specversion: '1.0',
  id: 'd-9001',
  source: '/logistics/sh',
  type: 'delivery.delivered',
  time: '2026-03-01T12:34:10+08:00',
  subject: 'order/8812',
  customerid: 'c_123',
  data: {
    order_id: '8812',
    promised_at: '2026-03-01T12:00:00+08:00',
    delivered_at: '2026-03-01T12:34:00+08:00',
    cause: 'courier',
  },
};

export const postEvents = defineRoute({
  id: 'postEvents',
  method: 'POST',
  path: '/v1/events',
  tag,
  summary: 'Send events: CloudEvents 1.0, structured, batched or binary',
  description:
    'Answered when what was accepted is durable. In a batch good events are taken and bad ones ' +
    'named; if all are bad the answer is 422. At most 1,000 events and 5 MB. (`source`, `id`) is the ' +
    'natural key, so no `Idempotency-Key` is needed. Binary mode: attributes in `ce-` headers, the ' +
    'body is `data`. `customer.updated` events also fill the customer file, before the answer.',
  roles: SENDERS,
  quota: 'ingest',
  query: ingestQuery,
  body: {
    schema: z.unknown(),
    schemaOf: { [STRUCTURED]: eventView, [BATCH]: eventBatch, 'application/json': eventData },
    types: [STRUCTURED, BATCH, 'application/json'],
    reading: 'raw',
    maxBytes: MAX_BATCH_BYTES,
  },
  headers: [
    { name: 'ce-specversion', description: 'Binary mode: `1.0`' },
    { name: 'ce-id', description: 'Binary mode' },
    { name: 'ce-source', description: 'Binary mode' },
    { name: 'ce-type', description: 'Binary mode' },
    { name: 'ce-time', description: 'Binary mode' },
    { name: 'ce-subject', description: 'Binary mode' },
    { name: 'ce-customerid', description: 'Binary mode' },
  ],
  answers: { 202: { description: 'Durable; a verdict per event', schema: ingestView } },
  problems: ['malformed_json', 'events_rejected'],
  examples: [
    {
      name: 'one event, structured',
      status: 202,
      path: '/v1/events',
      headers: { 'Content-Type': STRUCTURED },
      body: delivered,
    },
    {
      name: 'a batch with one known and one broken event',
      status: 202,
      path: '/v1/events',
      headers: { 'Content-Type': BATCH },
      body: [
        delivered,
        { ...delivered, id: 'd-9002' },
        { ...delivered, id: 'd-9003', time: 'yesterday' },
      ],
    },
    {
      name: 'one event, binary',
      status: 202,
      path: '/v1/events',
      headers: {
        'Content-Type': 'application/json',
        'ce-specversion': '1.0',
        'ce-id': 'd-9004',
        'ce-source': '/logistics/sh',
        'ce-type': 'delivery.delivered',
        'ce-time': '2026-03-01T12:40:00+08:00',
        'ce-customerid': 'c_123',
      },
      body: { order_id: '8813' },
    },
    {
      name: 'importing the past',
      status: 202,
      path: '/v1/events?mode=history',
      headers: { 'Content-Type': STRUCTURED },
      body: { ...delivered, id: 'd-1', time: '2025-03-01T12:34:10+08:00' },
    },
    {
      name: 'all rejected',
      status: 422,
      path: '/v1/events',
      headers: { 'Content-Type': STRUCTURED },
      body: { ...delivered, id: '', type: 7 },
    },
    {
      name: 'not a CloudEvents content type',
      status: 415,
      path: '/v1/events',
      headers: { 'Content-Type': 'text/plain' },
      text: 'late again',
    },
  ],
});

export const listEvents = defineRoute({
  id: 'listEvents',
  method: 'GET',
  path: '/v1/events',
  tag,
  summary: 'Events that were read, by event time',
  roles: READERS,
  quota: 'rest',
  query: eventQuery,
  answers: { 200: { description: 'A page of events', schema: eventPage, isPage: true } },
  problems: [],
  examples: [
    {
      name: 'what happened to one customer',
      status: 200,
      path: '/v1/events?customer_id=c_123&limit=2',
    },
    {
      name: 'two types in a span of time',
      status: 200,
      path:
        '/v1/events?type=delivery.delivered&type=delivery.promised' +
        '&from=2026-03-01T00:00:00Z&to=2026-03-02T00:00:00Z',
    },
    { name: 'not an instant', status: 400, path: '/v1/events?from=yesterday' },
  ],
});

export const EVENT_ROUTES: readonly RouteSpec[] = [postEvents, listEvents];
