export { compileConditions, compileOperators } from './compile-conditions';
export type { CompiledConditions, CompiledOperators } from './compile-conditions';
export * from './indexable';
export * from './verdict';
export * from './why';
