import type { JsonObject, RuleTest, RuleTestEvent, RuleTestExpectation } from '@amends/domain';
import { isPlainObject } from '../../json';
import {
  booleanShape,
  listShape,
  objectShape,
  optional,
  required,
  textShape,
  wrongType,
} from '../shape';
import type { Shape } from '../shape';
import { BOUNDS } from './bounds';
import { durationShape } from './duration';
import { moneyShape } from './money';
import { eventTypeShape } from './names';

const VERDICTS = ['nothing', 'skipped', 'review'];

const word = (description: string, maxLength: number): Shape<string> =>
  textShape({ description, maxLength });

const dataShape: Shape<JsonObject> = {
  read: (value, place) => (isPlainObject(value) ? value : wrongType(value, 'object', place)),
  schema: () => ({ type: 'object', description: 'The data of the event.' }),
};

const outcomeShape: Shape<string> = {
  read: (value, place) =>
    typeof value === 'string' && VERDICTS.includes(value) ? value : moneyShape.read(value, place),
  schema: (defs) => ({
    description: 'A sum; nothing: a word only; skipped or review: what became of the incident.',
    anyOf: [{ enum: VERDICTS }, moneyShape.schema(defs)],
  }),
};

const eventShape = objectShape<RuleTestEvent>(
  {
    at: required(durationShape({ description: 'Time after 2026-03-01T00:00:00Z.', zero: true })),
    type: required(eventTypeShape),
    subject: optional(word('Default: type and number.', 1024)),
    customerid: optional(word('The customer.', 256)),
    source: optional(word('Default: test.', 1024)),
    id: optional(word('Default: one of its own.', 1024)),
    data: optional(dataShape),
  },
  { description: 'An event; the list is the order of arrival.' },
);

const expectationShape = objectShape<RuleTestExpectation>(
  {
    customer: optional(word('Who gets it.', 256)),
    pay: optional(outcomeShape),
    at: optional(durationShape({ description: 'When it was decided.', zero: true })),
    refuted: optional(booleanShape('Whether a late event showed that it was kept.')),
  },
  { description: 'One thing that happens; the list is all that does.' },
);

const testShape = objectShape<RuleTest>(
  {
    name: required(word('What it shows.', 200)),
    events: required(
      listShape(eventShape, { description: 'What comes in.', max: BOUNDS.listItems }),
    ),
    until: required(durationShape({ description: 'How far the clock runs.', zero: true })),
    expect: required(
      listShape(expectationShape, { description: 'No more and no less.', max: BOUNDS.listItems }),
    ),
  },
  { description: 'An example that must hold.' },
);

export const testsShape = listShape(testShape, {
  description: 'Examples that must hold.',
  max: BOUNDS.tests,
});
