import { parseDuration } from '@amends/domain';
import type { Text } from '../../problem';
import { joined } from './say';

const UNITS: Readonly<Record<string, readonly [one: string, many: string, zh: string]>> = {
  d: ['day', 'days', '天'],
  h: ['hour', 'hours', '小时'],
  m: ['minute', 'minutes', '分钟'],
  s: ['second', 'seconds', '秒'],
};

/** `1d12h` as `1 day 12 hours`. */
export function sayDuration(duration: string): Text {
  if (parseDuration(duration) === 0) return { en: 'at once', zh: '立即' };
  const parts = [...duration.matchAll(/0*(\d+)([dhms])/g)]
    .filter(([, count]) => count !== '0')
    .map(([, count = '', unit = '']) => {
      const [one, many, zh] = UNITS[unit] ?? [unit, unit, unit];
      return { en: `${count} ${count === '1' ? one : many}`, zh: `${count} ${zh}` };
    });
  return joined(parts, ' ', ' ');
}
