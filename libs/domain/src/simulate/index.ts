export type { SimulatedPayment } from './in-memory-remedy';
export { ruleTestSteps, runRuleTests } from './run-rule-tests';
export type { RuleTestReport, RuleTestResult } from './run-rule-tests';
export { simulate, simulateSteps } from './simulate';
export type { SimulatedIncident, SimulateOptions } from './simulate';
export type { Steps } from './steps';
