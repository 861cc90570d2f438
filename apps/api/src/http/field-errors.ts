import type { RefusalItem } from '@amends/application';
import { pointTo } from '@amends/contracts';
import type { z } from 'zod';

type Issue = z.core.$ZodIssue;
type Text = RefusalItem['message'];

/** Mistakes of our own checks, by the code in `params` of a custom issue. */
const CUSTOM: Readonly<Record<string, Text>> = {
  not_an_instant: {
    en: 'must be an RFC 3339 instant with its zone',
    zh: '必须是带时区的 RFC 3339 时间',
  },
  not_a_duration: {
    en: 'must be a duration such as 30m, 24h or 7d',
    zh: '必须是时长，如 30m、24h、7d',
  },
  money_format: {
    en: 'must be a decimal string such as "13.00"',
    zh: '必须是十进制字符串，如 "13.00"',
  },
  unknown_currency: { en: 'is not an ISO 4217 currency in use', zh: '不是有效的 ISO 4217 币种' },
  too_many_decimals: { en: 'has more decimals than the currency', zh: '小数位数超过该币种' },
  not_positive: { en: 'must be more than zero', zh: '必须大于零' },
  not_storable: { en: 'contains characters that cannot be kept', zh: '包含无法保存的字符' },
  blank: { en: 'must say something: it is blank', zh: '不能只有空白字符' },
  unknown_time_zone: { en: 'is not an IANA time zone', zh: '不是有效的 IANA 时区' },
  unknown_locale: { en: 'is not a language tag', zh: '不是有效的语言标记' },
  no_such_day: { en: 'is not a day (YYYY-MM-DD)', zh: '不是有效的日期（YYYY-MM-DD）' },
  twice: { en: 'stands twice', zh: '重复出现' },
  not_in_list: { en: 'is not one of the list', zh: '不在列表之中' },
  one_scope: { en: 'must name exactly one scope', zh: '必须且只能指定一种范围' },
  ends_before_start: { en: 'must be later than the start', zh: '必须晚于开始时间' },
  less_than_a_day: { en: 'must be at least 1d', zh: '至少为 1d' },
  empty_change: { en: 'must name at least one thing', zh: '至少需要指定一项' },
};

/** Every mistake that zod found in `input`, with a JSON Pointer each and a stable code. */
export function fieldErrors(error: z.ZodError, input: unknown): RefusalItem[] {
  return error.issues.flatMap((issue) => itemsOf(issue, issue.path, input));
}

type Path = readonly PropertyKey[];

function itemsOf(issue: Issue, path: Path, input: unknown): RefusalItem[] {
  const pointer = pointerOf(path);
  if (issue.code === 'unrecognized_keys') {
    const message = { en: 'is not a known field', zh: '未知的字段' };
    return issue.keys.map((key) => ({
      pointer: pointTo(pointer, key),
      code: 'unknown_field',
      message,
    }));
  }
  // The branch that got furthest says most; of equals the first.
  if (issue.code === 'invalid_union') return unionItems(issue, path, input);
  if (valueAt(input, path) === undefined && issue.code !== 'custom') {
    return [{ pointer, code: 'required', message: REQUIRED }];
  }
  return [{ pointer, ...describe(issue) }];
}

function unionItems(
  issue: Issue & { code: 'invalid_union' },
  path: Path,
  input: unknown,
): RefusalItem[] {
  const pointer = pointerOf(path);
  const branches = issue.errors
    .map((issues) => issues.flatMap((i) => itemsOf(i, [...path, ...i.path], input)))
    .filter((items) => items.length > 0);
  const deep = branches.find((items) => items.some((item) => item.pointer !== pointer));
  return deep ?? [{ pointer, code: 'invalid_value', message: INVALID }];
}

const INVALID: Text = { en: 'is not valid', zh: '无效' };
const REQUIRED: Text = { en: 'is required', zh: '必填' };

function describe(issue: Issue): { code: string; message: Text } {
  switch (issue.code) {
    case 'invalid_type': {
      const { expected } = issue;
      const message = { en: `must be of type ${expected}`, zh: `类型必须是 ${expected}` };
      return { code: 'wrong_type', message };
    }
    case 'too_small':
      return { code: 'too_small', message: bound(issue.origin, 'least', issue.minimum) };
    case 'too_big':
      return { code: 'too_big', message: bound(issue.origin, 'most', issue.maximum) };
    case 'invalid_value': {
      const values = issue.values.map(String).join(', ');
      const message = { en: `must be one of: ${values}`, zh: `必须是以下之一：${values}` };
      return { code: 'invalid_value', message };
    }
    case 'invalid_format':
      return { code: 'invalid_format', message: { en: 'has the wrong form', zh: '格式有误' } };
    case 'custom': {
      const code = String(issue.params?.['code'] ?? 'invalid_value');
      return { code, message: CUSTOM[code] ?? INVALID };
    }
    default:
      return { code: 'invalid_value', message: INVALID };
  }
}

function bound(origin: string, side: 'least' | 'most', value: number | bigint): Text {
  const n = String(value);
  const isCounted = origin === 'string' || origin === 'array' || origin === 'set';
  const unit = origin === 'string' ? ' characters' : ' items';
  return {
    en: `must ${isCounted ? 'have' : 'be'} at ${side} ${n}${isCounted ? unit : ''}`,
    zh: `${side === 'least' ? '不能小于' : '不能大于'} ${n}`,
  };
}

function valueAt(input: unknown, path: Path): unknown {
  let value = input;
  for (const token of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, token))
      return undefined;
    value = (value as Record<PropertyKey, unknown>)[token];
  }
  return value;
}

function pointerOf(path: Path): string {
  return path.reduce<string>(
    (pointer, token) => pointTo(pointer, typeof token === 'number' ? token : String(token)),
    '',
  );
}
