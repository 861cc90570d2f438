export { deadlineCase, lateDeadlineCase, orderlyDeadlineCase } from './arbitraries/deadline-case';
export { duplicates } from './arbitraries/duplicates';
export { eventCase, lateEventCase } from './arbitraries/event-case';
export { latePayCase, payCase } from './arbitraries/pay-case';
export type { RuleCase } from './arbitraries/rule-case';
export { lateSequenceCase, sequenceCase } from './arbitraries/sequence-case';
export { shuffleWithin } from './arbitraries/shuffle-within';
export { lateWindowCase, windowCase } from './arbitraries/window-case';
