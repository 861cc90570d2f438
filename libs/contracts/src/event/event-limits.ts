/** Bytes of one event in its JSON form. */
export { DOCUMENT_LIMITS as EVENT_LIMITS } from '../json';

/** Characters of `id`, `source`, `type` and `subject`. */
export const MAX_ATTRIBUTE_LENGTH = 1024;

/** Characters of `customerid`. */
export const MAX_CUSTOMER_ID_LENGTH = 256;

/** Characters of an extension attribute's name. */
export const MAX_EXTENSION_NAME_LENGTH = 20;

/** How far an event's time may lie ahead of the clock before it is not believed. */
export const MAX_AHEAD_MS = 5 * 60_000;

export const MAX_BATCH_EVENTS = 1000;
export const MAX_BATCH_BYTES = 5 * 1024 * 1024;
