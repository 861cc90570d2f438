/** An answer that is not a problem. */
export interface Reply {
  readonly status: number;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Instead of `body`. */
  readonly text?: { readonly content: string; readonly type: string };
  /** Strong entity tag, without quotes. */
  readonly etag?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export function ok(body: unknown, etag?: string): Reply {
  return { status: 200, body, ...(etag === undefined ? {} : { etag }) };
}

export function created(location: string, body: unknown, etag?: string): Reply {
  return { ...ok(body, etag), status: 201, headers: { Location: location } };
}

/** Nothing has happened yet: what is at `location` has to be decided first. */
export function waiting(reply: Reply, location: string): Reply {
  return { ...reply, status: 202, headers: { ...reply.headers, Location: location } };
}
