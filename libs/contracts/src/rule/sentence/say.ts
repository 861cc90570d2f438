import type { Text } from '../../problem';

/** The same in both languages: names, paths, sums. */
export function same(text: string): Text {
  return { en: text, zh: text };
}

/** `a`, `a or b`, `a, b or c` with the words of each language. */
export function listed(items: readonly Text[], word: 'or' | 'and'): Text {
  const zhWord = word === 'or' ? ' 或 ' : ' 且 ';
  return {
    en: join(
      items.map(({ en }) => en),
      ', ',
      ` ${word} `,
    ),
    zh: join(
      items.map(({ zh }) => zh),
      '、',
      zhWord,
    ),
  };
}

/** The texts one after another, those that are absent left out. */
export function joined(texts: readonly (Text | undefined)[], en = '', zh = ''): Text {
  const present = texts.filter((text) => text !== undefined);
  return {
    en: present.map((text) => text.en).join(en),
    zh: present.map((text) => text.zh).join(zh),
  };
}

function join(items: readonly string[], comma: string, last: string): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(comma)}${last}${items.at(-1) ?? ''}`;
}
