import type { Place } from './shape';

/** The kinds of value, as they are called in messages. */
const KINDS = {
  object: ['a map', '映射'],
  list: ['a list', '列表'],
  text: ['a text', '文本'],
  number: ['a number', '数字'],
  boolean: ['true or false', 'true 或 false'],
  types: ['an event type or a list of them', '事件类型或其列表'],
  monies: [
    'a money such as "13.00 CNY", or a list of one per currency',
    '金额（例如 "13.00 CNY"）或每币种一项的列表',
  ],
} as const;

export type Kind = keyof typeof KINDS;

function expectedParams(kind: Kind): { expected: string; expectedZh: string } {
  const [expected, expectedZh] = KINDS[kind];
  return { expected, expectedZh };
}

/** Reports that a value is of the wrong kind. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the reader's type
export function wrongType<T>(value: unknown, kind: Kind, place: Place): T | undefined {
  if (value === null) return place.problem('null_value', { hint: ['leave_out'] });
  const isPlain = typeof value === 'number' || typeof value === 'boolean';
  const hint = kind === 'text' && isPlain ? (['quote_it'] as const) : undefined;
  return place.problem('wrong_type', { params: expectedParams(kind), hint });
}
