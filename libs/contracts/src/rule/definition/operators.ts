import { parseInstant, parseMoneyLiteral, type Operators } from '@amends/domain';
import { isPlainObject } from '../../json';
import { nearest } from '../report/nearest';
import { wrongType, type JsonSchema, type Place, type SchemaDefs, type Shape } from '../shape';
import { BOUNDS } from './bounds';
import { pathShape } from './names';

type OperatorName = keyof Operators;
type Operand = 'value' | 'ordered' | 'list' | 'flag';

/** Every operator and what it takes. */
const OPERATORS: Readonly<Record<OperatorName, readonly [Operand, description: string]>> = {
  eq: ['value', 'Equals.'],
  not: ['value', 'Is there, and is something else.'],
  gte: ['ordered', 'At least: numbers, instants, or a money.'],
  gt: ['ordered', 'More than: numbers, instants, or a money.'],
  lte: ['ordered', 'At most: numbers, instants, or a money.'],
  lt: ['ordered', 'Less than: numbers, instants, or a money.'],
  in: ['list', 'Is one of these.'],
  not_in: ['list', 'Is there, and is none of these.'],
  contains: ['value', 'A list has this item, or a text has this piece.'],
  exists: ['flag', 'Whether the field is there; null counts as absent.'],
};

/** What people write who know other languages. */
const OTHER_NAMES: Readonly<Record<string, OperatorName>> = {
  '=': 'eq',
  '==': 'eq',
  is: 'eq',
  equals: 'eq',
  '!=': 'not',
  ne: 'not',
  neq: 'not',
  not_eq: 'not',
  is_not: 'not',
  '>=': 'gte',
  ge: 'gte',
  min: 'gte',
  from: 'gte',
  after: 'gt',
  '>': 'gt',
  above: 'gt',
  '<=': 'lte',
  le: 'lte',
  max: 'lte',
  to: 'lte',
  before: 'lt',
  '<': 'lt',
  below: 'lt',
  one_of: 'in',
  any_of: 'in',
  nin: 'not_in',
  none_of: 'not_in',
  has: 'contains',
  includes: 'contains',
};

const fieldPath = pathShape('Path of the field to compare with.');

/** `{gte: 10, lt: 20}`: all must hold. */
export const operatorsShape: Shape<Operators> = {
  read(value, place) {
    if (!isPlainObject(value)) return wrongType(value, 'object', place);
    const entries = Object.entries(value);
    if (entries.length === 0) return place.problem('empty_operators');
    const draft: Record<string, unknown> = {};
    for (const [name, operand] of entries) {
      const read = readOperator(name, operand, place.at(name));
      if (read !== undefined) draft[name] = read;
    }
    return draft;
  },
  schema: (defs) => operatorsSchema(defs),
};

function readOperator(name: string, operand: unknown, place: Place): unknown {
  if (!Object.hasOwn(OPERATORS, name)) {
    const other = Object.hasOwn(OTHER_NAMES, name) ? OTHER_NAMES[name] : undefined;
    const near = other ?? nearest(name, Object.keys(OPERATORS));
    return place.problem('unknown_operator', {
      params: { name },
      hint: near === undefined ? undefined : ['did_you_mean', { name: near }],
    });
  }
  const [kind] = OPERATORS[name as OperatorName];
  if (kind !== 'flag' && isFieldRef(operand)) return readFieldRef(operand, place);
  switch (kind) {
    case 'value':
      return readScalar(operand, name, place);
    case 'ordered':
      return readOrdered(operand, name, place);
    case 'list':
      return readScalars(operand, name, place);
    case 'flag':
      return typeof operand === 'boolean' ? operand : operandType(name, 'flag', place);
  }
}

export function isFieldRef(operand: unknown): operand is { readonly field: unknown } {
  return isPlainObject(operand) && Object.hasOwn(operand, 'field');
}

export function readFieldRef(ref: { readonly field: unknown }, place: Place): unknown {
  for (const key of Object.keys(ref)) {
    if (key !== 'field') place.at(key).problem('unknown_key', { params: { key } });
  }
  const field = fieldPath.read(ref.field, place.at('field'));
  return field === undefined ? undefined : { field };
}

export function readScalar(operand: unknown, name: string, place: Place): unknown {
  if (operand === null) return place.problem('null_operand', { hint: ['use_exists'] });
  if (typeof operand === 'string') lintText(operand, place);
  return typeof operand === 'object' || operand === undefined
    ? operandType(name, 'value', place)
    : operand;
}

export function readScalars(operand: unknown, name: string, place: Place): unknown {
  if (!Array.isArray(operand)) return operandType(name, 'list', place);
  if (operand.length === 0) return place.problem('empty_list', { hint: ['use_any'] });
  const max = BOUNDS.listItems;
  if (operand.length > max) return place.problem('too_many', { params: { max } });
  const items = operand.map((item, index) => readScalar(item, name, place.at(index)));
  return items.filter((item) => item !== undefined);
}

function readOrdered(operand: unknown, name: string, place: Place): unknown {
  if (operand === null) return place.problem('null_operand', { hint: ['use_exists'] });
  if (typeof operand === 'number') return operand;
  if (typeof operand === 'string') {
    if (parseInstant(operand) !== undefined || parseMoneyLiteral(operand).ok) return operand;
    if (isNumeric(operand)) return operandType(name, 'ordered', place, true);
  }
  return operandType(name, 'ordered', place);
}

const NEEDED: Readonly<Record<Operand, readonly [string, string]>> = {
  value: [
    'a text, a number, true or false, or {field: path}',
    '文本、数字、true 或 false，或 {field: 路径}',
  ],
  ordered: [
    'a number, an RFC 3339 instant, a money such as "5.00 EUR", or {field: path}',
    '数字、RFC 3339 时刻、金额（例如 "5.00 EUR"），或 {field: 路径}',
  ],
  list: ['a list, or {field: path}', '列表，或 {field: 路径}'],
  flag: ['true or false', ' true 或 false'],
};

function operandType(operator: string, kind: Operand, place: Place, quoted = false): unknown {
  const [expected, expectedZh] = NEEDED[kind];
  return place.problem('operand_type', {
    params: { operator, expected, expectedZh },
    hint: quoted ? ['unquote_it'] : undefined,
  });
}

function lintText(value: string, place: Place): void {
  const { report, pointer } = place;
  if (isNumeric(value)) report.lint(pointer, 'quoted_number', { params: { value } });
  if (/^(?:true|false|yes|no|on|off)$/i.test(value)) {
    report.lint(pointer, 'looks_like_boolean', { params: { value } });
  }
}

function isNumeric(text: string): boolean {
  return /^[+-]?\d+(?:\.\d+)?$/.test(text);
}

function operatorsSchema(defs: SchemaDefs): JsonSchema {
  const names = Object.entries(OPERATORS);
  return {
    type: 'object',
    description: 'Operators, of which all must hold.',
    minProperties: 1,
    properties: Object.fromEntries(
      names.map(([name, [kind, description]]) => [
        name,
        { description, ...operandSchema(kind, defs) },
      ]),
    ),
    additionalProperties: false,
  };
}

export const SCALAR_SCHEMA: JsonSchema = { type: ['string', 'number', 'boolean'] };

export function fieldRefSchema(defs: SchemaDefs): JsonSchema {
  return {
    type: 'object',
    description: 'The value of another field.',
    properties: { field: fieldPath.schema(defs) },
    required: ['field'],
    additionalProperties: false,
  };
}

export function listSchema(): JsonSchema {
  return { type: 'array', items: SCALAR_SCHEMA, minItems: 1, maxItems: BOUNDS.listItems };
}

function operandSchema(kind: Operand, defs: SchemaDefs): JsonSchema {
  switch (kind) {
    case 'value':
      return { anyOf: [SCALAR_SCHEMA, fieldRefSchema(defs)] };
    case 'ordered':
      return { anyOf: [{ type: ['number', 'string'] }, fieldRefSchema(defs)] };
    case 'list':
      return { anyOf: [listSchema(), fieldRefSchema(defs)] };
    case 'flag':
      return { type: 'boolean' };
  }
}
