import { PROBLEMS, type ProblemKind } from '@amends/contracts';

const kind = (status: number, en: string, zh: string, retryable = false): ProblemKind => ({
  status,
  title: { en, zh },
  retryable,
});

/** Every code of the REST contract with its status and title: the common ones and those of resources. */
export const PROBLEM_KINDS = {
  ...PROBLEMS,
  invalid_header: kind(400, 'A request header is wrong', '请求头有误'),
  currency_taken: kind(409, 'Another budget has this currency already', '该币种已属于另一项预算'),
  last_admin_key: kind(
    409,
    'This is the last Admin key that works',
    '这是最后一个可用的管理员密钥',
  ),
  limit_below_spent: kind(
    409,
    'More than this has been spent or reserved',
    '已支出或已预留的金额超过此限额',
  ),
  wrong_clock: kind(409, 'The service runs on the wall clock', '服务使用的是真实时钟'),
  invalid_template: kind(422, 'The template has mistakes', '模板有误'),
  invalid_calendar: kind(422, 'The calendar has mistakes', '日历有误'),
} as const satisfies Record<string, ProblemKind>;

export type ApiProblemCode = keyof typeof PROBLEM_KINDS;

/** Undefined: somebody forgot to declare the code, which is our fault and not the caller's. */
export function problemKind(code: string): ProblemKind | undefined {
  return Object.hasOwn(PROBLEM_KINDS, code) ? PROBLEM_KINDS[code as ApiProblemCode] : undefined;
}
