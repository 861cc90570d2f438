/** A text that people read, in every language that we speak. */
export interface Text {
  readonly en: string;
  readonly zh: string;
}

export type Language = keyof Text;

/** `Content-Language` of an answer. */
export const LANGUAGE_TAGS: Readonly<Record<Language, string>> = { en: 'en', zh: 'zh-CN' };

/** Longer headers are cut: no browser sends them. */
const MAX_HEADER_LENGTH = 1000;

/**
 * The language of an answer by `Accept-Language` (RFC 9110, 12.5.4): the wanted one of highest
 * weight that we speak, the first of equals; English if there is none.
 */
export function pickLanguage(acceptLanguage: string | undefined): Language {
  let best: Language = 'en';
  let bestWeight = 0;
  for (const range of (acceptLanguage ?? '').slice(0, MAX_HEADER_LENGTH).split(',')) {
    const [tag = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const language = languageOf(tag);
    const weight = weightOf(parameters);
    if (language === undefined || weight <= bestWeight) continue;
    best = language;
    bestWeight = weight;
  }
  return best;
}

function languageOf(tag: string): Language | undefined {
  const primary = tag.split('-', 1)[0];
  if (primary === 'zh') return 'zh';
  return primary === 'en' || primary === '*' ? 'en' : undefined;
}

function weightOf(parameters: readonly string[]): number {
  const quality = parameters.find((parameter) => parameter.startsWith('q='));
  if (quality === undefined) return 1;
  const weight = /^q=(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(quality)
    ? Number(quality.slice(2))
    : 0;
  return Number.isFinite(weight) ? weight : 0;
}
