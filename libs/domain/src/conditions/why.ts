import type { JsonObject } from '../json';

/**
 * One line of an incident's `why`, in the words of API.md: `{"test": "late >= 10", "value": 34,
 * "ok": true}`.
 */
export type WhyLine = JsonObject;
