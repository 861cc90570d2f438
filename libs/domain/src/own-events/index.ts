export * from './own-event';
