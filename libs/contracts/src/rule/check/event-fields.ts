/** The fields of an event that are read by name; all but `data` are scalars. */
export const EVENT_FIELDS: ReadonlySet<string> = new Set([
  'time',
  'subject',
  'customerid',
  'source',
  'type',
  'id',
  'data',
]);
