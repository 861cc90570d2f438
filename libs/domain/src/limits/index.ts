export * from './apply-limits';
export * from './compile-limits';
export * from './entries';
