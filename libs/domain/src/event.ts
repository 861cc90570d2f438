import type { JsonObject } from './json';

/**
 * A CloudEvents 1.0 event as the rules see it. `json` is the whole event (attributes and `data`), already
 * decoded and bounded by contracts; the other fields are read from it once.
 */
export interface DomainEvent {
  readonly source: string;
  readonly id: string;
  readonly type: string;
  /** Event time, epoch milliseconds (`time` of the CloudEvent). */
  readonly timeMs: number;
  readonly customerId: string | undefined;
  readonly json: JsonObject;
}

/** An attribute as text. Decoded events have text there; anything else is shown as its JSON. */
export function attributeText(event: JsonObject, name: string): string {
  const value = event[name] ?? null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
