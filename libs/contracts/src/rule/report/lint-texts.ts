import type { TextTemplate } from './fill-text';

/** Every doubt that warns and does not refuse. Codes are added, never renamed. */
export const LINT_TEXTS = {
  no_customer_limit: [
    'Nothing limits how often one customer is paid',
    '没有限制同一客户的补偿次数或总额',
  ],
  approve_over_above_max: [
    'approve_over {approve} is above max {max}: nobody will ever be asked',
    'approve_over {approve} 高于 max {max}：永远不会请人审批',
  ],
  bound_lacks_currency: [
    'Amounts in {currencies} always go to review: "{key}" is only in {covered}',
    '{currencies} 的金额总会转人工：“{key}”只写了 {covered}',
  ],
  zero_money: ['{value} pays nothing', '{value} 等于不付'],
  no_lateness: [
    'allow_late is 0: an expected event that is only slow on its way makes a breach',
    'allow_late 为 0：稍有延迟到达的预期事件也会被判违约',
  ],
  no_message: ['The customer is not told: there is no message', '没有 message，客户不会得知'],
  no_tests: ['There are no tests', '没有 tests'],
  expect_is_start: [
    '{type} both fulfils the expectation and opens the next',
    '{type} 既满足预期又开启下一次',
  ],
  cancel_is_expect: ['{type} is both expect and cancel', '{type} 同时是 expect 与 cancel'],
  long_window: ['A window of more than 365 d keeps much state', '超过 365 天的窗口会占用大量状态'],
  calendar_unused: [
    'calendar changes nothing: neither due nor grace is a duration',
    'calendar 不起作用：due 与 grace 都不是时长',
  ],
  broken_if_without_extend: [
    'moves stays 0 without extend, so broken_if cannot hold on it',
    '没有 extend 时 moves 恒为 0',
  ],
  quoted_number: ['The text "{value}" never equals a number', '文本“{value}”不会等于任何数字'],
  looks_like_boolean: [
    '"{value}" is a text here, not true or false',
    '“{value}”在此是文本，不是 true 或 false',
  ],
  leading_zero: [
    '{source} is read as the number {value}: the zeros are lost',
    '{source} 被读作数字 {value}：前导零已丢失',
  ],
  across_not_own_label: ['The rule itself has no label {across}', '该规则自身没有标签 {across}'],
  total_on_nothing: [
    'as: nothing moves no money, so total never fills',
    'as: nothing 不动用资金，total 不起作用',
  ],
  unknown_own_event: [
    '{type} never comes: it is no state of a compensation or message that is told to rules',
    '{type} 不会出现：并非可供规则监听的补偿或消息状态',
  ],
  own_events_unlimited: [
    '{type} comes from Amends itself: without a limit per customer each payout may lead to one more',
    '{type} 由 Amends 自身产生：未按客户设限时，每次补偿都可能再引发一次',
  ],
  unrelated_test_event: ['Nothing in the rule looks at {type}', '规则没有用到事件 {type}'],
  duplicate_test_name: ['Another test is named so too', '另有同名测试'],
} as const satisfies Record<string, TextTemplate>;

export type LintCode = keyof typeof LINT_TEXTS;
