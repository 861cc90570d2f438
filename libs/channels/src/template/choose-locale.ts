import type { MessageFacts } from '@amends/application';
import { knownLocale, knownZone } from '../words/format';
import type { Reader } from '../words/reader';
import type { LocaleTemplate, TemplateChannel, TemplateDocument } from './template-document';

/** What is used of a template for one reader. */
export interface ChosenLocale {
  /** As the document names it. */
  readonly locale: string;
  readonly template: LocaleTemplate;
  readonly reader: Reader;
}

const LAST_RESORT = 'en';

/**
 * The language that fits best and has words for the channel: `zh-CN`, then `zh`, then the brand's,
 * then English, then whatever there is. Undefined when there is none for this channel.
 */
export function chooseLocale(
  { locales }: TemplateDocument,
  channel: TemplateChannel,
  { customer, brand }: Pick<MessageFacts, 'customer' | 'brand'>,
): ChosenLocale | undefined {
  const own = knownLocale(customer.locale);
  const wanted = [own, knownLocale(brand.locale), LAST_RESORT].flatMap(narrowing);
  const offered = Object.keys(locales).filter((locale) => locales[locale]?.[channel] !== undefined);
  const chosen =
    wanted
      .map((want) => offered.find((offer) => offer.toLowerCase() === want.toLowerCase()))
      .find((offer) => offer !== undefined) ?? offered[0];
  const template = chosen === undefined ? undefined : locales[chosen];
  if (chosen === undefined || template === undefined) return undefined;
  // Numbers and dates in the reader's own way, if that is the language of the words.
  const isOwn = own !== undefined && languageOf(own) === languageOf(chosen);
  const locale = isOwn ? own : (knownLocale(chosen) ?? LAST_RESORT);
  const timeZone = knownZone(customer.timeZone ?? brand.timeZone);
  return { locale: chosen, template, reader: { locale, timeZone } };
}

/** `zh-Hans-CN`, `zh-Hans`, `zh` */
function narrowing(locale: string | undefined): string[] {
  if (locale === undefined) return [];
  const parts = locale.split('-');
  return parts.map((_part, index) => parts.slice(0, parts.length - index).join('-'));
}

function languageOf(locale: string): string {
  return (locale.split('-')[0] ?? locale).toLowerCase();
}
