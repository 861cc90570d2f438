type Words = (...parts: readonly string[]) => string;

const TEXTS: readonly (readonly [RegExp, Words])[] = [
  [/^is required$/, () => '必填'],
  [/^is a customer who was erased$/, () => '该客户已被抹除'],
  [/^must be (?:the string )?"1\.0"$/, () => '必须是字符串 "1.0"'],
  [/^must be a string$/, () => '必须是字符串'],
  [/^must not be empty$/, () => '不能为空'],
  [/^must not be longer than (\d+) characters$/, (most) => `不能超过 ${most} 个字符`],
  [/^must not contain control characters$/, () => '不能包含控制字符'],
  [
    /^is no attribute name: /,
    () => '不是有效的属性名：1 到 20 个小写字母或数字；其余内容请放在 data 中',
  ],
  [/^must be a string, a number or a boolean$/, () => '必须是字符串、数字或布尔值'],
  [/^must be JSON: /, () => '必须是 JSON：application/json 或 …+json'],
  [/^is not supported: send JSON in data$/, () => '不受支持：请在 data 中发送 JSON'],
  [
    /^must be an RFC 3339 date-time with zone/,
    () => '必须是带时区的 RFC 3339 时间，例如 2026-03-01T12:00:00+08:00',
  ],
  [/^must lie in the years 1970 to 2200$/, () => '必须在 1970 年至 2200 年之间'],
  [/^lies more than 5 minutes in the future$/, () => '比当前时间晚 5 分钟以上'],
  [/^must be an object: a CloudEvents 1\.0 event$/, () => '必须是一个对象：CloudEvents 1.0 事件'],
  [/^must be an array of events$/, () => '必须是事件数组'],
  [
    /^the batch is larger than (\d+) (bytes|events)$/,
    (most, what) => `批次超过 ${most} ${unit(what)}`,
  ],
  [/^must not stand in the header (.+)$/, (header) => `不能写在请求头 ${header} 中`],
  [/^the header (.+) stands more than once$/, (header) => `请求头 ${header} 重复出现`],
  [/^the header (.+) is not readable$/, (header) => `请求头 ${header} 无法读取`],
  [
    /^(?:the key (.+) )?is not allowed$/s,
    (key = '') => `不允许使用${key === '' ? '' : `键 ${key}`}`,
  ],
  [/^the key is written twice$/, () => '该键重复出现'],
  [/^is not valid JSON(: the array does not end)?$/, () => '不是有效的 JSON'],
  [/^is not a JSON value$/, () => '不是 JSON 值'],
  [/^is not valid UTF-8$/, () => '不是有效的 UTF-8'],
  [/^starts with a byte order mark$/, () => '以字节顺序标记（BOM）开头'],
  [/^contains half of a surrogate pair$/, () => '包含不完整的代理对'],
  [/^contains the character U\+0000$/, () => '包含字符 U+0000'],
  [/^is larger than (\d+) bytes$/, (most) => `超过 ${most} 字节`],
  [/^has more than (\d+) items$/, (most) => `超过 ${most} 项`],
  [/^is nested deeper than (\d+) levels$/, (most) => `嵌套超过 ${most} 层`],
  [/^is too large a number, or none$/, () => '数字过大，或不是数字'],
  [/^is beyond 2\^53 − 1/, () => '超过 2^53 − 1，会丢失数位：请以字符串发送'],
];

function unit(what = ''): string {
  return what === 'events' ? '个事件' : '字节';
}

/** What the checks of JSON texts and events say, in Chinese; as it is where there is no translation. */
export function inChinese(message: string): string {
  for (const [form, words] of TEXTS) {
    const match = form.exec(message);
    if (match !== null) return words(...match.slice(1));
  }
  return message;
}
