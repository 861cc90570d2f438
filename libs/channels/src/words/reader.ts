/** How values are written for one person. */
export interface Reader {
  /** A language tag: numbers, dates and our own words follow it. */
  readonly locale: string;
  /** IANA name. */
  readonly timeZone: string;
}
