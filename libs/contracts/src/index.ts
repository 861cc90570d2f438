export * from './event';
export * from './json';
export * from './problem';
export * from './rule';
