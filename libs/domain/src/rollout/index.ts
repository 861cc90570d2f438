export { bucket } from './bucket';
