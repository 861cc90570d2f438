import { readVars, storedVars } from './stored-vars';

const event = { id: 'e1', source: '/shop', type: 'delivery.promised', data: { order_id: 'o1' } };

it('keeps an event once, and gives every name back as it was', () => {
  const expect1 = { ...event, id: 'e2', type: 'delivery.delivered' };
  const vars = { start: event, due: '2026-03-01T00:00:00Z', moves: 0, expect: expect1 };
  const stored = storedVars({ event, vars });
  expect(JSON.stringify(stored)).not.toContain('"e1"');
  const roundTrip = JSON.parse(JSON.stringify(stored)) as typeof vars;
  expect(readVars({ event, vars: roundTrip })).toEqual(vars);
});

it('leaves names alone that are not the event, even where they are equal to nothing', () => {
  const vars = { value: 3, note: null, list: [], start: { ...event, id: 'older' } };
  expect(storedVars({ event, vars })).toBe(vars);
  expect(readVars({ event, vars })).toBe(vars);
});
