export type { SimulatedPayment } from './in-memory-remedy';
export { runRuleTests } from './run-rule-tests';
export type { RuleTestReport, RuleTestResult } from './run-rule-tests';
export { simulate } from './simulate';
export type { SimulatedIncident, SimulateOptions } from './simulate';
