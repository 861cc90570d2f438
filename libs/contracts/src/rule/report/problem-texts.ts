import type { TextTemplate } from './fill-text';

/** Every mistake that refuses a rule. Codes are part of the REST contract: added, never renamed. */
export const PROBLEM_TEXTS = {
  // The text as such.
  malformed_json: ['{message}', '不是有效的 JSON'],
  malformed_yaml: ['Not valid YAML: {message}', '不是有效的 YAML：{message}'],
  yaml_alias: ['Anchors and aliases are not supported', '不支持锚点与别名'],
  yaml_tag: ['The tag {tag} is not supported', '不支持标签 {tag}'],
  yaml_key: ['A key must be a plain text', '键必须是普通文本'],
  too_large: ['Too large: {message}', '过大：{message}'],
  too_deep: ['Nested too deeply: {message}', '嵌套过深：{message}'],
  duplicate_key: ['The key is written twice', '该键重复出现'],
  forbidden_key: ['This key is not allowed', '不允许使用该键'],
  bad_number: ['Not a usable number: {message}', '不可用的数字：{message}'],
  bad_text: ['Not a usable text: {message}', '不可用的文本：{message}'],
  too_many_problems: ['More mistakes are not listed', '其余错误未列出'],

  // Keys and kinds of value.
  unknown_key: ['Unknown key "{key}"', '未知的键“{key}”'],
  missing_key: ['"{key}" is missing', '缺少“{key}”'],
  wrong_type: ['Must be {expected}', '必须是{expectedZh}'],
  null_value: ['Is empty', '值为空'],
  unknown_value: ['"{value}" is none of: {known}', '“{value}”不在以下可选值中：{known}'],
  empty_text: ['Must not be empty', '不能为空'],
  too_long: ['Longer than {max} characters', '超过 {max} 个字符'],
  empty_list: ['Must have at least one entry', '至少需要一项'],
  too_many: ['More than {max} entries', '超过 {max} 项'],
  number_range: ['Must be at least {min} and at most {max}', '必须在 {min} 与 {max} 之间'],
  not_an_integer: ['Must be a whole number', '必须是整数'],
  not_for_this_type: ['"{key}" is only for {types}', '“{key}”只能用于 {types}'],

  // Words of our own.
  bad_id: [
    'An id is 1 to 63 lower-case letters, digits and hyphens, and starts with no hyphen',
    'id 由 1 至 63 个小写字母、数字和连字符组成，且不以连字符开头',
  ],
  bad_name: ['"{name}" is no valid name', '“{name}”不是有效的名称'],
  bad_event_type: [
    '"{type}" is no event type: letters, digits, "-", "_", parts divided by "."',
    '“{type}”不是事件类型：由字母、数字、“-”、“_”组成，各段以“.”分隔',
  ],
  bad_path: ['"{path}" is no path, such as data.order_id', '“{path}”不是路径，例如 data.order_id'],
  bad_duration: [
    '"{value}" is no duration, such as 15m, 24h, 2d or 1d12h',
    '“{value}”不是时长，例如 15m、24h、2d、1d12h',
  ],
  zero_duration: ['Must be longer than nothing', '时长必须大于零'],
  duration_too_long: ['Longer than 10 years', '超过 10 年'],
  bad_across: [
    'Must be label=value, such as team=delivery',
    '必须形如 标签=值，例如 team=delivery',
  ],
  duplicate_entry: ['"{value}" stands twice', '“{value}”重复出现'],

  // Money.
  bare_number_money: ['A bare number is not money', '单独的数字不是金额'],
  money_object: ['In a rule, money is a text', '规则中的金额必须写成文本'],
  bad_money: ['"{value}" is not money, such as "13.00 CNY"', '“{value}”不是金额，例如 "13.00 CNY"'],
  currency_case: ['A currency is written in capitals', '币种须大写'],
  unknown_currency: ['There is no currency {currency}', '没有 {currency} 这种币种'],
  too_many_decimals: [
    '{currency} has no more than {digits} decimals',
    '{currency} 最多 {digits} 位小数',
  ],
  negative_money: ['Must not be negative', '不能为负'],
  duplicate_currency: ['{currency} stands twice', '{currency} 重复出现'],

  // Conditions.
  unknown_operator: ['There is no operator "{name}"', '没有运算符“{name}”'],
  empty_operators: ['An operator is missing', '缺少运算符'],
  empty_conditions: ['A condition is missing', '缺少条件'],
  operand_type: ['{operator} needs {expected}', '{operator} 需要{expectedZh}'],
  null_operand: ['Nothing equals null', '没有值等于 null'],
  any_shape: ['any is a list of condition maps', 'any 必须是条件映射的列表'],
  not_shape: ['not is a condition map', 'not 必须是条件映射'],
  too_many_conditions: ['More than {max} conditions', '超过 {max} 个条件'],
  conditions_too_deep: ['Conditions nested deeper than {max}', '条件嵌套超过 {max} 层'],

  // Facts, paths, expressions.
  bad_fact_name: ['"{name}" cannot name a fact: {message}', '“{name}”不能作为事实名：{message}'],
  cel_syntax: ['{message}', '表达式语法错误：{message}'],
  cel_unknown_variable: ['{message}', '表达式中有未知变量：{message}'],
  cel_unknown_function: ['{message}', '表达式中有未知函数：{message}'],
  cel_wrong_type: ['{message}', '表达式类型错误：{message}'],
  cel_too_long: ['{message}', '表达式过长：{message}'],
  cel_too_complex: ['{message}', '表达式过于复杂：{message}'],
  cel_loop_refused: ['{message}', '表达式中的循环不可用：{message}'],
  matches_refused: [
    'matches() is not available: it can take exponential time',
    'matches() 不可用：其耗时可能呈指数增长',
  ],
  unknown_field: [
    'There is no field, fact or variable "{name}" here',
    '此处没有名为“{name}”的字段、事实或变量',
  ],
  name_not_available: [
    '"{name}" is not known at this place: {why}',
    '此处无法取得“{name}”：{whyZh}',
  ],
  needs_expect: [
    '"{name}" needs the expected event, and this is decided before it comes',
    '“{name}”依赖尚未到来的预期事件，而此处在其到来之前就要判定',
  ],
  fact_type: ['The fact {name} is no {expected}', '事实 {name} 不是{expectedZh}'],

  // detect.
  unknown_detect_type: ['"{value}" is none of: {known}', '“{value}”不在以下可选值中：{known}'],
  measure_kind: ['Must be count or one of: {known}', '必须是 count 或以下之一：{known}'],
  too_few_steps: ['A sequence has at least {min} steps', '顺序至少需要 {min} 步'],
  min_events_required: ['{measure} needs min_events', '{measure} 需要 min_events'],

  // pay.
  amount_kind: [
    'Must be exactly one of fixed, percent with of, bands with steps',
    '必须且只能是以下之一：fixed、percent 与 of、bands 与 steps',
  ],
  band_kind: ['Must be either pay, or percent with of', '必须是 pay，或 percent 与 of'],
  amount_required: ['as: {as} needs an amount', 'as: {as} 需要 amount'],
  unexpected_with_nothing: [
    'as: nothing pays nothing, so "{key}" has no place',
    'as: nothing 不付款，不能写“{key}”',
  ],
  payment_required: [
    'A refund needs payment: the path of the payment',
    '退款需要 payment：原支付的路径',
  ],
  payment_unexpected: ['payment is only for as: refund', 'payment 只能用于 as: refund'],
  percent_range: ['Must be more than 0 and at most 1000', '必须大于 0 且不超过 1000'],
  settle_without_accrue: [
    'settle is only for a deadline with accrue',
    'settle 只能用于带 accrue 的 deadline',
  ],
  min_over_max: ['min {min} is more than max {max}', 'min {min} 大于 max {max}'],
  band_unsorted: [
    'Bands must rise: {from} stands after {before}',
    '区间必须递增：{from} 排在 {before} 之后',
  ],
  band_duplicate: ['There is a band from {from} already', '已有从 {from} 开始的区间'],
  band_unreachable: ['No value gets here: {why}', '没有值会落入此区间：{why}'],

  // limits.
  limit_kind: ['Must be exactly one of times and total', 'times 与 total 必须且只能有一个'],
  trim_without_total: ['trim is only for total', 'trim 只能用于 total'],
  currency_not_covered: [
    'Amounts are in {currencies}, the limit is only in {covered}',
    '金额币种为 {currencies}，限额只写了 {covered}',
  ],
} as const satisfies Record<string, TextTemplate>;

export type ProblemCode = keyof typeof PROBLEM_TEXTS;
