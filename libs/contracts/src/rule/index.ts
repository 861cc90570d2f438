export { BOUNDS as RULE_BOUNDS } from './definition/bounds';
export { parseRule, type ParsedRule, type ParseOptions } from './parse-rule';
export { nearest } from './report/nearest';
export type { Position, RuleProblem, RuleProblemCode } from './report/rule-problem';
export { ruleJsonSchema } from './rule-json-schema';
export {
  ruleReferences,
  type FieldUse,
  type LookBack,
  type NamedElsewhere,
  type RuleReferences,
} from './rule-references';
export { sentence } from './sentence/sentence';
