export * from './assess';
export * from './compile-decision';
export * from './conclude';
