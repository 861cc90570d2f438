export { compileCalendar } from './compile-calendar';
export type { Calendar } from './compile-calendar';
