export * from './compile-facts';
export { FUNCTION_NAMES } from './engine';
export type { FactProblem, FactProblemCode } from './problems';
