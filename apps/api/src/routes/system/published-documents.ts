/** Documents that never change while the process runs, with their entity tags. */
export interface PublishedDocument {
  readonly content: string;
  readonly type: string;
  readonly etag: string;
}

export class PublishedDocuments {
  constructor(
    readonly openApi: PublishedDocument,
    readonly docs: PublishedDocument,
    readonly ruleSchema: PublishedDocument,
  ) {}
}
