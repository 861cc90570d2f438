import type { CompensationKind } from '@amends/application';
import type { Reader } from './reader';
import { formatDayFor } from './format';

interface PayoutWords {
  /** By which means, fitting "we have given you 5.00 EUR as …". */
  readonly as: Readonly<Record<CompensationKind, string>>;
  readonly arrives: Readonly<Record<CompensationKind, string>>;
  /** "by 5 March 2026" */
  readonly by: (day: string) => string;
}

const ENGLISH: PayoutWords = {
  as: {
    credit: 'credit in your wallet',
    refund: 'a refund to your original payment',
    voucher: 'a voucher',
    replacement: 'a replacement',
  },
  arrives: {
    credit: 'in your wallet now',
    refund: 'in 3–5 working days',
    voucher: 'ready to use now',
    replacement: 'in 3–5 working days',
  },
  by: (day) => `by ${day}`,
};

const CHINESE: PayoutWords = {
  as: {
    credit: '账户余额',
    refund: '原路退款',
    voucher: '代金券',
    replacement: '补发商品',
  },
  arrives: {
    credit: '现已到账',
    refund: '3–5 个工作日内到账',
    voucher: '现在即可使用',
    replacement: '3–5 个工作日内送达',
  },
  by: (day) => `${day}前`,
};

function wordsOf(locale: string): PayoutWords {
  return locale.toLowerCase().startsWith('zh') ? CHINESE : ENGLISH;
}

/** By which means, in the reader's language; English where we have no other words. */
export function meansInWords(kind: CompensationKind, { locale }: Reader): string {
  return wordsOf(locale).as[kind];
}

const ARRIVES_LENGTH_MAX = 60;

/**
 * When the money arrives. A provider may say a day or an instant, which is written for the reader,
 * or a few words of its own; what is longer is not for customers.
 */
export function arrivalInWords(
  kind: CompensationKind,
  arrives: string | null,
  reader: Reader,
): string {
  const words = wordsOf(reader.locale);
  if (arrives === null || arrives.length > ARRIVES_LENGTH_MAX) return words.arrives[kind];
  const instant = /^\d{4}-\d{2}-\d{2}$/.test(arrives) ? `${arrives}T12:00:00Z` : arrives;
  const day = formatDayFor(instant, reader);
  return day === undefined ? arrives : words.by(day);
}
