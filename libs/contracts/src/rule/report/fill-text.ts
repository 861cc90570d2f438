import type { Text } from '../../problem';

/** English and Chinese with `{name}` where a parameter goes. */
export type TextTemplate = readonly [en: string, zh: string];

export type TextParams = Readonly<Record<string, string | number>>;

const MAX_PARAM_LENGTH = 100;

export function fillText([en, zh]: TextTemplate, params: TextParams = {}): Text {
  const fill = (template: string): string =>
    template.replace(/\{(\w+)\}/g, (_, name: string) => shorten(String(params[name] ?? '')));
  return { en: fill(en), zh: fill(zh) };
}

function shorten(text: string): string {
  return text.length <= MAX_PARAM_LENGTH ? text : `${text.slice(0, MAX_PARAM_LENGTH)}…`;
}
