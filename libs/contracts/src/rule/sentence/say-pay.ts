import type { Amount, Band, Detect, Monies, Pay, PayAs } from '@amends/domain';
import type { Text } from '../../problem';
import { sayDuration } from './say-duration';
import { joined, listed, same } from './say';

/** What is done, and the word that leads to a sum. */
const MEANS: Readonly<Record<Exclude<PayAs, 'nothing'>, readonly [Text, of: string]>> = {
  refund: [{ en: 'refund', zh: '退款' }, ''],
  credit: [{ en: 'pay a credit', zh: '补偿余额' }, 'of '],
  voucher: [{ en: 'give a voucher', zh: '发放代金券' }, 'of '],
  replacement: [{ en: 'send a replacement', zh: '补发' }, 'worth '],
};

/** What is owed. */
export function sayPay(pay: Pay, detect: Detect): Text {
  if (pay.as === 'nothing') return { en: 'say sorry, without money', zh: '只致歉，不付款' };
  const [means, of] = MEANS[pay.as];
  return joined([
    means,
    pay.amount && sayAmount(pay.amount, of),
    sayAccrual(pay, detect),
    sayBound(pay.min, 'at least', '至少'),
    sayBound(pay.max, 'at most', '至多'),
    sayApproval(pay.approve_over),
  ]);
}

function sayAmount(amount: Amount, of: string): Text {
  if ('bands' in amount) {
    const bands = joined(amount.steps.map(sayBand), ', ', '，');
    const { bands: path } = amount;
    return { en: ` by bands of ${path}: ${bands.en}`, zh: `，按 ${path} 分档：${bands.zh}` };
  }
  const { en, zh } = 'fixed' in amount ? sayMonies(amount.fixed) : sayPercent(amount);
  return { en: ` ${of}${en}`, zh: ` ${zh}` };
}

function sayBand(band: Band): Text {
  const sum = 'pay' in band ? sayMonies(band.pay) : sayPercent(band);
  const bounded = joined([
    sum,
    sayBound(band.min, 'at least', '至少'),
    sayBound(band.max, 'at most', '至多'),
  ]);
  return { en: `${band.from}→${bounded.en}`, zh: `${band.from}→${bounded.zh}` };
}

function sayPercent({ percent, of }: { readonly percent: number; readonly of: string }): Text {
  if (percent === 100) return { en: `all of ${of}`, zh: `${of} 的全额` };
  return { en: `${percent} % of ${of}`, zh: `${of} 的 ${percent}%` };
}

function sayAccrual({ settle }: Pay, detect: Detect): Text | undefined {
  const accrue = detect.type === 'deadline' ? detect.accrue : undefined;
  if (accrue === undefined) return undefined;
  const { max } = accrue;
  const every = sayDuration(accrue.every);
  return settle === 'end'
    ? {
        en: ` at once and for each further ${every.en}, ${max} times at most, as one sum at the end`,
        zh: `，其后每 ${every.zh}再计一次，最多 ${max} 次，结束时一并支付`,
      }
    : {
        en: ` at once and again after each further ${every.en}, ${max} times at most`,
        zh: `，其后每 ${every.zh}再付一次，最多 ${max} 次`,
      };
}

function sayBound(monies: Monies | undefined, en: string, zh: string): Text | undefined {
  if (monies === undefined) return undefined;
  const sums = sayMonies(monies);
  return { en: `, ${en} ${sums.en}`, zh: `，${zh} ${sums.zh}` };
}

function sayApproval(monies: Monies | undefined): Text | undefined {
  if (monies === undefined) return undefined;
  const sums = sayMonies(monies);
  return { en: `, with approval above ${sums.en}`, zh: `，超过 ${sums.zh} 须审批` };
}

export function sayMonies(monies: Monies): Text {
  return listed((typeof monies === 'string' ? [monies] : monies).map(same), 'or');
}
