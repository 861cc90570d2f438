/** What must hold at any time, or (`end`) once everything has come to rest. Names: RELIABILITY.md. */
export interface Invariant {
  readonly id: string;
  readonly when: 'always' | 'end';
  readonly says: string;
  /** Answers one row per violation, with something to find it by in its first column. */
  readonly sql: string;
}
