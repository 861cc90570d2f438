import type { RuleDraft } from './rule-draft';

/** Which names a path may start with at a place, beside those of the event's own fields. */
export interface PathScope {
  readonly facts: boolean;
  readonly variables: ReadonlySet<string>;
  /** Why other names are not known here, in English and Chinese. */
  readonly why: readonly [en: string, zh: string];
}

const NONE: ReadonlySet<string> = new Set();

export const HISTORY: PathScope = {
  facts: false,
  variables: NONE,
  why: ['history only has the fields of events', '历史中只有事件自身的字段'],
};

export const STEP: PathScope = {
  facts: false,
  variables: NONE,
  why: ['facts are looked at after the last step', '事实在最后一步之后才计算'],
};

export const DUE: PathScope = {
  facts: true,
  variables: new Set(['start']),
  why: ['due is read from the start event', 'due 从开始事件中读取'],
};

export const KEY: PathScope = {
  facts: true,
  variables: NONE,
  why: ['every event must name the key by itself', '每个事件必须自带该键'],
};

/** Where an event is looked at as it comes: nothing is measured or missed yet. */
export function onArrival(detect: RuleDraft['detect']): PathScope {
  const variables = detect?.type === 'event' ? fanOut(detect) : new Set<string>();
  if (detect?.type === 'sequence') addSteps(detect.steps ?? [], variables);
  if (detect?.type === 'deadline') ['start', 'due', 'moves'].forEach((name) => variables.add(name));
  return {
    facts: true,
    variables,
    why: ['it comes later than this is looked at', '判断此处时它尚未出现'],
  };
}

/** Where the measure of a window is judged. */
export const MEASURED: PathScope = {
  facts: true,
  variables: new Set(['value']),
  why: ['it is not of a window', '窗口中没有它'],
};

/** Where an incident is decided. */
export function onDecision({ detect, pay }: RuleDraft): PathScope {
  const variables = new Set(onArrival(detect).variables);
  if (detect?.type === 'window') variables.add('value');
  const accrues = detect?.type === 'deadline' && detect.accrue !== undefined;
  if (accrues) variables.add('unit');
  if (accrues && pay?.settle === 'end') variables.add('expect');
  return {
    facts: true,
    variables,
    why: [
      'unit needs accrue, and expect needs accrue with settle: end',
      'unit 需要 accrue，expect 需要 accrue 与 settle: end',
    ],
  };
}

/** The variables of the detect type, wherever they are known. */
export function variablesOf(detect: RuleDraft['detect']): ReadonlySet<string> {
  const variables = new Set<string>();
  if (detect?.type === 'deadline') {
    ['start', 'expect', 'due', 'moves', 'unit'].forEach((name) => variables.add(name));
  }
  if (detect?.type === 'window') variables.add('value');
  if (detect?.type === 'sequence') addSteps(detect.steps ?? [], variables);
  return detect?.type === 'event' ? fanOut(detect) : variables;
}

function fanOut(detect: { readonly for_each?: object | undefined }): Set<string> {
  return new Set(detect.for_each === undefined ? [] : ['trigger']);
}

function addSteps(steps: readonly unknown[], variables: Set<string>): void {
  steps.forEach((_, index) => variables.add(`step${index + 1}`));
}
