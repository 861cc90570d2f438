export * from './compile-facts';
export type { FactProblem, FactProblemCode } from './problems';
