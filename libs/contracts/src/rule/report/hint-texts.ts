import type { TextTemplate } from './fill-text';

/** What to do about a mistake. */
export const HINT_TEXTS = {
  did_you_mean: ['Did you mean {name}?', '是否指 {name}？'],
  did_you_mean_fact: ['Did you mean {name} (defined under let)?', '是否指 {name}（let 中定义）？'],
  leave_out: ['Leave the key out, or give it a value', '请删去该键，或填写值'],
  write_money: ['Write "{example}"', '请写成 "{example}"'],
  quote_it: ['Put it in quotes', '请加引号'],
  unquote_it: ['Write it without quotes', '请去掉引号'],
  use_exists: [
    'Write {exists: false} for what must not be there',
    '若要求不存在，请写 {exists: false}',
  ],
  use_any: ['Take the list out, or give it an entry', '请删去该列表，或至少写一项'],
  use_contains: ['Use contains, startsWith or endsWith', '请用 contains、startsWith 或 endsWith'],
  use_dots: ['Write data.items.0.sku for data.items[0].sku', '数组下标请写成 data.items.0.sku'],
  write_literally: ['Write what the alias stands for', '请直接写出别名所指内容'],
  sort_bands: ['Order the bands by from', '请按 from 从小到大排列'],
  settle_end: [
    'With accrue and settle: end it is decided when the event has come',
    '使用 accrue 与 settle: end 时在事件到来后判定',
  ],
  cover_all: ['Write one sum per currency', '请为每种币种各写一个金额'],
} as const satisfies Record<string, TextTemplate>;

export type HintCode = keyof typeof HINT_TEXTS;
