import type {
  Detect,
  DetectDeadline,
  DetectEvent,
  DetectSequence,
  DetectWindow,
  Measure,
} from '@amends/domain';
import type { Text } from '../../problem';
import { isDueDuration } from '../definition/detect-deadline';
import { joined, listed, same } from './say';
import { sayDuration } from './say-duration';
import { sayConditions, sayOperators } from './say-conditions';

/** When the customer was let down. */
export function sayDetect(detect: Detect): Text {
  switch (detect.type) {
    case 'event':
      return sayEvent(detect);
    case 'window':
      return sayWindow(detect);
    case 'sequence':
      return saySequence(detect);
    case 'deadline':
      return sayDeadline(detect);
  }
}

function sayEvent({ event, where, for_each: each, by = 'subject' }: DetectEvent): Text {
  const key = { en: ` (once per ${by})`, zh: `（每个 ${by} 一次）` };
  const came = { en: `When ${event} comes`, zh: `当出现 ${event}` };
  if (each === undefined) return joined([came, sayWhere(where), key]);
  const over = sayDuration(each.over);
  const fan = {
    en: `, for each ${each.by} of ${each.event} in the ${over.en} before`,
    zh: `，对此前 ${over.zh}内每个 ${each.by} 的 ${each.event}`,
  };
  return joined([came, sayWhere(where), fan, sayWhere(each.where)]);
}

function sayWindow(detect: DetectWindow): Text {
  const events = sayTypes(detect.event);
  const measure = sayMeasure(detect.measure);
  const value = sayOperators(detect.is);
  const over = sayDuration(detect.over);
  const by = detect.by ?? 'subject';
  const least = detect.min_events;
  return joined([
    {
      en: `When within ${over.en} ${measure.en} ${events.en} of one ${by} is ${value.en}`,
      zh: `当同一 ${by} 在 ${over.zh}内 ${events.zh} 的${measure.zh} ${value.zh}`,
    },
    least === undefined ? undefined : { en: `, of at least ${least}`, zh: `（至少 ${least} 个）` },
    detect.where && sayOnly(detect.where),
  ]);
}

function sayOnly(where: NonNullable<Detect['where']>): Text {
  const { en, zh } = sayConditions(where);
  return { en: `, counting those with ${en}`, zh: `，只计 ${zh} 的事件` };
}

function sayMeasure(measure: Measure): Text {
  if (measure === 'count') return { en: 'the number of', zh: '数量' };
  if ('share' in measure) {
    const { en, zh } = sayConditions(measure.share);
    return { en: `the share with ${en} among`, zh: `满足 ${zh} 的占比` };
  }
  if ('ratio' in measure) {
    const [over, under] = measure.ratio;
    return { en: `Σ${over} / Σ${under} over`, zh: `Σ${over} / Σ${under}` };
  }
  const [kind, path] = Object.entries(measure)[0] ?? ['', ''];
  const [en, zh] = PATH_MEASURES[kind] ?? ['', ''];
  return { en: `${en} ${path} over`, zh: `${path} ${zh}` };
}

const PATH_MEASURES: Readonly<Record<string, readonly [string, string]>> = {
  sum: ['the sum of', '之和'],
  avg: ['the mean of', '平均值'],
  min: ['the least', '最小值'],
  max: ['the greatest', '最大值'],
  distinct: ['the number of different', '不同值个数'],
};

function saySequence(detect: DetectSequence): Text {
  const { steps, where, by = 'subject' } = detect;
  const said = steps.map((step) => {
    if (typeof step === 'string') return same(step);
    return joined([same(step.event), sayWhere(step.where)]);
  });
  const order = joined(said, ', then ', '、然后 ');
  const within = sayDuration(detect.within);
  const cancel = sayTypes(detect.cancel ?? []);
  return joined([
    {
      en: `When ${order.en} follow each other within ${within.en} for one ${by}`,
      zh: `当同一 ${by} 在 ${within.zh}内依次出现 ${order.zh}`,
    },
    cancel.en === ''
      ? undefined
      : { en: `, with no ${cancel.en} in between`, zh: `，其间没有 ${cancel.zh}` },
    sayWhere(where),
    sayRepeat(detect.repeat),
  ]);
}

function sayDeadline(detect: DetectDeadline): Text {
  const { calendar, by = 'subject', broken_if: brokenIf } = detect;
  const start = joined([sayTypes(detect.start), sayWhere(detect.where)]);
  const [expected, cancel] = [sayTypes(detect.expect), sayTypes(detect.cancel ?? [])];
  const until = sayUntil(detect);
  const broken = brokenIf && sayConditions(brokenIf);
  return joined([
    {
      en: `When ${start.en} of one ${by} is not followed by ${expected.en} ${until.en}`,
      zh: `当同一 ${by} 在 ${start.zh} 之后${until.zh}没有 ${expected.zh}`,
    },
    calendar === undefined
      ? undefined
      : { en: ` of the calendar ${calendar}`, zh: `（按日历 ${calendar}）` },
    cancel.en === ''
      ? undefined
      : { en: `, unless ${cancel.en} comes first`, zh: `，且其间没有 ${cancel.zh}` },
    broken && { en: `, or as soon as ${broken.en}`, zh: `，或一旦 ${broken.zh}` },
    sayRepeat(detect.repeat),
  ]);
}

function sayUntil({ due, grace }: DetectDeadline): Text {
  const extra = grace === undefined ? undefined : sayDuration(grace);
  const plus = extra && { en: ` and ${extra.en} of grace`, zh: `加宽限 ${extra.zh}` };
  if (!isDueDuration(due)) {
    return joined([{ en: `by ${due}`, zh: `到 ${due} ` }, plus, { en: '', zh: '为止' }]);
  }
  const span = sayDuration(due);
  return joined([{ en: `within ${span.en}`, zh: ` ${span.zh}` }, plus, { en: '', zh: '内' }]);
}

function sayRepeat(repeat: DetectDeadline['repeat']): Text | undefined {
  if (repeat === undefined) return undefined;
  const over = sayDuration(repeat.over);
  const { times } = repeat;
  return { en: `, ${times} times within ${over.en}`, zh: `，且在 ${over.zh}内达 ${times} 次` };
}

function sayWhere(where: Detect['where']): Text | undefined {
  if (where === undefined || Object.keys(where).length === 0) return undefined;
  const { en, zh } = sayConditions(where);
  return { en: ` with ${en}`, zh: `（${zh}）` };
}

export function sayTypes(types: string | readonly string[]): Text {
  return listed((typeof types === 'string' ? [types] : types).map(same), 'or');
}
