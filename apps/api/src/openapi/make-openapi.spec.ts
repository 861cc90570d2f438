import { readFileSync } from 'node:fs';
import { ROUTES } from '../routes';
import { makeOpenApi } from './make-openapi';
import { OPENAPI_FILE } from './openapi-file';
import { readRecordedAnswers } from './recorded-answers';
import { problemsByStatus } from './route-problems';

const document = makeOpenApi(readRecordedAnswers());

it('the committed document is that of the routes', () => {
  expect(JSON.parse(readFileSync(OPENAPI_FILE, 'utf8'))).toEqual(
    JSON.parse(JSON.stringify(document)),
  );
});

it('every route and method is in it once, with an operation id of its own', () => {
  const paths = document['paths'] as Record<string, Record<string, { operationId: string }>>;
  const ids = Object.values(paths).flatMap((methods) =>
    Object.values(methods).map(({ operationId }) => operationId),
  );

  expect(ids.sort()).toEqual(ROUTES.map(({ id }) => id).sort());
  expect(new Set(ids).size).toBe(ids.length);
});

it('only the status codes of the contract are answered', () => {
  const allowed = [
    200, 201, 202, 204, 304, 400, 401, 403, 404, 405, 409, 410, 412, 413, 415, 422, 428, 429, 500,
    503,
  ];
  const used = ROUTES.flatMap((route) => [
    ...Object.keys(route.answers).map(Number),
    ...problemsByStatus(route).keys(),
  ]);

  expect([...new Set(used)].filter((status) => !allowed.includes(status))).toEqual([]);
});

it('where money moves an Idempotency-Key is required, and nowhere else', () => {
  const required = ROUTES.filter(({ idempotency }) => idempotency === 'required');

  expect(required.map(({ id }) => id).sort()).toEqual([
    'approve',
    'createCompensation',
    'retryCompensation',
    'reverseCompensation',
  ]);
});

it('every PUT says what it replaces; a hold needs to say nothing', () => {
  for (const route of ROUTES.filter(({ method }) => method === 'PUT')) {
    expect([route.id, route.precondition]).toEqual([route.id, 'put']);
  }
  const hold = ROUTES.find(({ id }) => id === 'createHold');
  expect([hold?.precondition, hold?.quota]).toEqual([undefined, 'hold']);
});
