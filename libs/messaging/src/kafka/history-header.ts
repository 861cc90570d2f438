/** On records that are imports: stored, but no rule looks at them (semantics 11). */
export const HISTORY_HEADER = 'amends_history';
