import type { CompiledFacts } from '@amends/domain';
import type { Report } from '../report/report';

/** What a place needs, and the types of CEL that are known to be none. */
const WANTED = {
  money: {
    expected: 'money',
    expectedZh: '金额',
    none: ['bool', 'string', 'bytes', 'double', 'int', 'uint', 'list'],
  },
  number: {
    expected: 'number',
    expectedZh: '数字',
    none: ['bool', 'string', 'bytes', 'map', 'list', 'google.protobuf.Timestamp'],
  },
  instant: {
    expected: 'instant',
    expectedZh: '时刻',
    none: ['bool', 'bytes', 'double', 'int', 'uint', 'map', 'list', 'google.protobuf.Duration'],
  },
} as const;

/** Facts whose type is known before any event, and is of no use here. */
export function checkFactType(
  path: string | undefined,
  wanted: keyof typeof WANTED,
  pointer: string,
  facts: CompiledFacts | undefined,
  report: Report,
): void {
  const type = path === undefined ? undefined : facts?.types.get(path);
  const { none, expected, expectedZh } = WANTED[wanted];
  if (path === undefined || type === undefined || !none.some((one) => one === type)) return;
  report.problem(pointer, 'fact_type', { params: { name: path, expected, expectedZh } });
}
