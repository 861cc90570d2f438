import type { Conditions, DetectWindow, Measure } from '@amends/domain';
import { isPlainObject } from '../../json';
import { nearest } from '../report/nearest';
import {
  integerShape,
  objectShape,
  optional,
  required,
  wordShape,
  type Draft,
  type JsonSchema,
  type Place,
  type SchemaDefs,
  type Shape,
} from '../shape';
import { conditionsShape } from './conditions';
import { commonFields } from './detect-common';
import { durationShape } from './duration';
import { eventTypesShape } from './event-types';
import { pathShape } from './names';
import { operatorsShape } from './operators';

const PATH_MEASURES = {
  sum: 'Sum of the values.',
  avg: 'Mean of the values.',
  min: 'Least value.',
  max: 'Greatest value.',
  distinct: 'Number of different values.',
} as const;

const MEASURES = ['sum', 'avg', 'min', 'max', 'distinct', 'share', 'ratio'] as const;

const measureShape: Shape<Measure> = {
  read(value, place) {
    if (value === 'count') return 'count';
    const entries = isPlainObject(value) ? Object.entries(value) : [];
    const [entry] = entries;
    if (entry === undefined || entries.length > 1) return measureKind(value, place);
    const [kind, operand] = entry;
    return readMeasure(kind, operand, place) as Draft<Measure> | undefined;
  },
  schema: (defs) => measureSchema(defs),
};

function readMeasure(kind: string, operand: unknown, place: Place): unknown {
  const inner = place.at(kind);
  if (Object.hasOwn(PATH_MEASURES, kind)) return wrap(kind, pathShape('').read(operand, inner));
  if (kind === 'share') return wrap(kind, readShare(operand, inner));
  if (kind === 'ratio') return wrap(kind, readRatio(operand, inner));
  return measureKind(kind, place);
}

/** The kind stays where its operand is wrong: what it demands is looked at all the same. */
function wrap(kind: string, read: unknown): unknown {
  return { [kind]: read };
}

function readShare(operand: unknown, place: Place): Draft<Conditions> | undefined {
  const isEmpty = isPlainObject(operand) && Object.keys(operand).length === 0;
  return isEmpty ? place.problem('empty_conditions') : conditionsShape.read(operand, place);
}

function readRatio(operand: unknown, place: Place): unknown {
  if (!Array.isArray(operand) || operand.length !== 2) {
    const expected = {
      expected: 'a list of two paths: Σp / Σq',
      expectedZh: '两个路径的列表：Σp / Σq',
    };
    return place.problem('wrong_type', { params: expected });
  }
  return operand.map((path: unknown, index) => pathShape('').read(path, place.at(index)));
}

function measureKind(value: unknown, place: Place): Draft<Measure> | undefined {
  const near = typeof value === 'string' ? nearest(value, ['count', ...MEASURES]) : undefined;
  return place.problem('measure_kind', {
    params: { known: MEASURES.join(', ') },
    hint: near === undefined ? undefined : ['did_you_mean', { name: near }],
  });
}

function measureSchema(defs: SchemaDefs): JsonSchema {
  const single = (kind: string, description: string, schema: JsonSchema): JsonSchema => ({
    type: 'object',
    description,
    properties: { [kind]: schema },
    required: [kind],
    additionalProperties: false,
  });
  const path = pathShape('Path of the measured value.').schema(defs);
  return {
    description: 'What is measured over the events of the window.',
    anyOf: [
      { const: 'count', description: 'Number of events.' },
      ...Object.entries(PATH_MEASURES).map(([kind, text]) => single(kind, text, path)),
      single('share', 'Part of the events that satisfies these.', conditionsShape.schema(defs)),
      single('ratio', 'Σp / Σq', {
        type: 'array',
        description: 'The paths p and q.',
        items: path,
        minItems: 2,
        maxItems: 2,
      }),
    ],
  };
}

export const detectWindowShape = objectShape<DetectWindow>(
  {
    type: required(wordShape(['window'], 'A measure over a sliding span of time.')),
    event: required(eventTypesShape('The events that are measured.')),
    over: required(durationShape({ description: 'Length of the span.', zero: false })),
    measure: required(measureShape),
    is: required(operatorsShape),
    min_events: optional(
      integerShape({ description: 'Fewer events say nothing.', min: 1, max: 1_000_000 }),
    ),
    ...commonFields,
  },
  { description: 'A measure over a sliding span of event time, per key.' },
);
