import type { Limit, RuleDocument, SkipIf } from '@amends/domain';
import type { Text } from '../../problem';
import { joined, same } from './say';
import { sayDuration } from './say-duration';
import { sayConditions } from './say-conditions';
import { sayDetect } from './say-detect';
import { sayMonies, sayPay } from './say-pay';

/** What the rule does, in one plain sentence. */
export function sentence({
  detect,
  skip_if: skips = [],
  pay,
  limits = [],
  message,
}: RuleDocument): Text {
  const body = joined(
    [
      joined([sayDetect(detect), sayPay(pay, detect)], ', ', '，'),
      ...skips.map(saySkip),
      ...limits.map(sayLimit),
      message && sayMessage(message.channels),
    ],
    '; ',
    '；',
  );
  return { en: `${body.en}.`, zh: tidy(`${body.zh}。`) };
}

/** Chinese marks take no space beside them. */
function tidy(zh: string): string {
  return zh.replace(/ +(?=[（），；、。])|(?<=[（），；、。]) +/g, '').replace(/ {2,}/g, ' ');
}

function saySkip({ event, same: path, over, where }: SkipIf): Text {
  const conditions = where && Object.keys(where).length > 0 ? sayConditions(where) : undefined;
  const span = sayDuration(over);
  return joined([
    {
      en: `not if ${event} with the same ${path} came within ${span.en}`,
      zh: `若 ${span.zh}内已有相同 ${path} 的 ${event} 则不付`,
    },
    conditions && { en: ` with ${conditions.en}`, zh: `（${conditions.zh}）` },
  ]);
}

const BEYOND: Readonly<Record<Limit['then'], Text>> = {
  skip: { en: 'else nothing', zh: '超出不付' },
  trim: { en: 'else what is left', zh: '超出只付余额' },
  review: { en: 'else a person decides', zh: '超出转人工' },
};

function sayLimit({ times, total, per, across, over, then }: Limit): Text {
  const most =
    total === undefined
      ? { en: times === 1 ? 'once' : `${times ?? 0} times`, zh: `${times ?? 0} 次` }
      : sayMonies(total);
  const whom = sayPer(per);
  const span = over === undefined ? undefined : sayDuration(over);
  const shared = across === undefined ? '' : ` across all rules with ${across}`;
  const sharedZh = across === undefined ? '' : `与所有 ${across} 的规则合计，`;
  return {
    en: `at most ${most.en} per ${whom.en}${span ? ` in ${span.en}` : ''}${shared} (${BEYOND[then].en})`,
    zh: `每${whom.zh}${span ? ` ${span.zh}内` : ''}至多 ${most.zh}（${sharedZh}${BEYOND[then].zh}）`,
  };
}

function sayPer(per: string): Text {
  if (per === 'customer') return { en: 'customer', zh: '客户' };
  if (per === 'rule') return { en: 'rule', zh: '条规则' };
  return { en: per, zh: `个 ${per} ` };
}

function sayMessage(channels: readonly string[]): Text {
  const names = joined(channels.map(same), ' or ', '或');
  return { en: `then tell the customer by ${names.en}`, zh: `随后通过 ${names.zh} 告知客户` };
}
