import type { Text } from './language';

export interface ProblemKind {
  readonly status: number;
  readonly title: Text;
  readonly retryable: boolean;
}

const kind = (status: number, en: string, zh: string, retryable = false): ProblemKind => ({
  status,
  title: { en, zh },
  retryable,
});

/** Every `code` of a problem, with its status and title. Codes are added, never renamed. */
export const PROBLEMS = {
  bad_request: kind(400, 'The request cannot be read', '无法读取该请求'),
  malformed_json: kind(400, 'The body is not valid JSON', '请求正文不是有效的 JSON'),
  malformed_yaml: kind(400, 'The body is not valid YAML', '请求正文不是有效的 YAML'),
  unknown_parameter: kind(400, 'Unknown query parameter', '未知的查询参数'),
  invalid_parameter: kind(400, 'A query parameter is wrong', '查询参数有误'),
  invalid_cursor: kind(400, 'The cursor cannot be read', '无法读取游标'),
  cursor_mismatch: kind(400, 'The cursor belongs to another filter', '游标属于另一组筛选条件'),
  invalid_header: kind(400, 'A request header is wrong', '请求头有误'),
  idempotency_key_required: kind(
    400,
    'This request needs an Idempotency-Key',
    '该请求需要 Idempotency-Key',
  ),
  invalid_idempotency_key: kind(400, 'The Idempotency-Key is wrong', 'Idempotency-Key 有误'),
  unauthorized: kind(401, 'No valid credentials', '没有有效的凭证'),
  forbidden: kind(403, 'Not allowed for this role', '该角色无权执行此操作'),
  csrf: kind(403, 'Not sent by a page of ours', '该请求并非由本站页面发出'),
  self_approval: kind(403, 'You created this compensation', '您不能审批自己创建的补偿'),
  not_found: kind(404, 'Not found', '未找到'),
  method_not_allowed: kind(405, 'Method not allowed', '不支持该方法'),
  conflict: kind(409, 'The state does not allow this', '当前状态不允许此操作'),
  already_exists: kind(409, 'It exists already', '已存在'),
  approval_required: kind(409, 'Another person has to say yes first', '须先经他人同意'),
  already_decided: kind(409, 'Already decided', '已有决定'),
  currency_taken: kind(409, 'Another budget has this currency already', '该币种已属于另一项预算'),
  limit_below_spent: kind(
    409,
    'More than this has been spent or reserved',
    '已支出或已预留的金额超过此限额',
  ),
  last_admin_key: kind(
    409,
    'This is the last Admin key that works',
    '这是最后一个可用的管理员密钥',
  ),
  wrong_clock: kind(409, 'The service runs on the wall clock', '服务使用的是真实时钟'),
  backtest_required: kind(409, 'The version has no finished back-test', '该版本没有已完成的回测'),
  idempotency_in_progress: kind(
    409,
    'The first request with this Idempotency-Key is still running',
    '使用此 Idempotency-Key 的首个请求仍在处理',
    true,
  ),
  erased: kind(410, 'Erased', '已被抹除'),
  precondition_failed: kind(412, 'It was changed in the meantime', '内容已被他人修改'),
  payload_too_large: kind(413, 'The body is too large', '请求正文过大'),
  unsupported_media_type: kind(415, 'Unsupported content type', '不支持的内容类型'),
  invalid_body: kind(422, 'The body has mistakes', '请求正文有误'),
  invalid_rule: kind(422, 'The rule has mistakes', '规则有误'),
  invalid_template: kind(422, 'The template has mistakes', '模板有误'),
  rule_tests_failed: kind(422, "The rule's tests fail", '规则的测试未通过'),
  events_rejected: kind(422, 'No event was accepted', '没有事件被接受'),
  idempotency_key_reused: kind(
    422,
    'This Idempotency-Key was used for another request',
    '此 Idempotency-Key 已用于另一请求',
  ),
  precondition_required: kind(428, 'This change needs If-Match', '该修改需要 If-Match'),
  too_many_requests: kind(429, 'Too many requests', '请求过多', true),
  internal_error: kind(500, 'Something went wrong on our side', '服务内部出错', true),
  unavailable: kind(503, 'Not available at the moment', '服务暂不可用', true),
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof PROBLEMS;
