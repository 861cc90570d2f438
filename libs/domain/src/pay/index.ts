export * from './compile-pay';
export * from './monies';
