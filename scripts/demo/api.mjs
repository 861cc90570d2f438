// The REST API as the demo uses it.

export class ApiError extends Error {}

/** A service at `url`, spoken to with `key`. */
export class Api {
  constructor(url, key) {
    this.base = url.replace(/\/+$/, '');
    this.key = key;
  }

  /** @returns {Promise<{ body: any, etag: string | null }>} */
  async get(path) {
    return this.send('GET', path);
  }

  async post(path, body, contentType = 'application/json') {
    return this.send('POST', path, { body, contentType });
  }

  /** Replaces what is there, or makes it: whichever it is, nobody else's change is lost. */
  async put(path, body) {
    const existing = await this.send('GET', path, { orNothing: true });
    const condition =
      existing === undefined ? { 'if-none-match': '*' } : { 'if-match': existing.etag ?? '*' };
    return this.send('PUT', path, { body, headers: condition });
  }

  /** Every item of a list, page by page. */
  async list(path) {
    const items = [];
    let cursor;
    do {
      const separator = path.includes('?') ? '&' : '?';
      const page = `limit=200${cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
      const { body } = await this.get(`${path}${separator}${page}`);
      items.push(...body.items);
      cursor = body.next_cursor ?? undefined;
    } while (cursor !== undefined);
    return items;
  }

  async send(method, path, { body, contentType = 'application/json', headers, orNothing } = {}) {
    const response = await this.fetch(
      method,
      path,
      {
        authorization: `Bearer ${this.key}`,
        ...(body === undefined ? {} : { 'content-type': contentType }),
        ...headers,
      },
      body,
    );
    if (orNothing && response.status === 404) return undefined;
    const text = await response.text();
    if (!response.ok) throw new ApiError(`${method} ${path}: ${response.status} ${text}`);
    return {
      body: text === '' ? undefined : JSON.parse(text),
      etag: response.headers.get('etag'),
    };
  }

  async fetch(method, path, headers, body) {
    try {
      return await fetch(`${this.base}${path}`, {
        method,
        headers,
        body: body === undefined ? undefined : JSON.stringify(body),
      });
    } catch (error) {
      throw new ApiError(`${this.base} does not answer (${error.cause?.code ?? error.message})`);
    }
  }
}
