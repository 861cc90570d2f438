export * from './currency';
export * from './decimal';
export * from './duration';
export * from './instant';
export * from './money';
export * from './path';
export * from './scope';
export * from './var-names';
export { findZone, instantOfWallTime } from './zone';
