/** What must become of a bad input, through whatever door it comes. */
export type BadInputOutcome =
  /** It cannot be read as an event: a clear 4xx, or quarantine where nobody waits for an answer. */
  | 'reject'
  /**
   * It reads as an event that must not be evaluated now: quarantine, or a clear 4xx at the door.
   */
  | 'quarantine'
  /** Odd, but an event: taken and kept as it is. */
  | 'accept';

/** One body of `POST /v1/events` (structured mode), or one Kafka message value. */
export interface BadInput {
  /** Unique and stable: `<family>/<name>`. */
  readonly id: string;
  readonly bytes: Uint8Array;
  readonly expect: BadInputOutcome;
  readonly why: string;
}

/** A family's cases, before they have an id. */
export type BadInputCase = readonly [
  name: string,
  body: Uint8Array | string,
  expect: BadInputOutcome,
  why: string,
];

export function family(name: string, cases: readonly BadInputCase[]): BadInput[] {
  return cases.map(([caseName, body, expect, why]) => ({
    id: `${name}/${caseName}`,
    bytes: typeof body === 'string' ? Buffer.from(body, 'utf8') : body,
    expect,
    why,
  }));
}
