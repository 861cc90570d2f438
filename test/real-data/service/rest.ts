import type { SpawnedService } from '@amends/testing';

interface Page<T> {
  readonly items: readonly T[];
  readonly next_cursor: string | null;
}

export interface Incident {
  readonly id: string;
  readonly customer_id: string;
  readonly state: string;
  readonly key: Readonly<Record<string, string>>;
  readonly event_time: string;
  readonly closed_at: string | null;
}

export interface Compensation {
  readonly id: string;
  readonly incident_id: string;
  readonly customer_id: string;
  readonly as: string;
  readonly state: string;
  readonly amount: { readonly value: string; readonly currency: string };
}

export interface Message {
  readonly id: string;
  readonly customer_id: string;
  readonly compensation_id: string | null;
  readonly state: string;
  readonly text: string;
}

/** The service's REST API as these specs use it; anything but success is an error with its answer. */
export class Rest {
  constructor(private readonly service: SpawnedService) {}

  async get<T>(path: string): Promise<T> {
    return (await this.send('GET', path)).body as T;
  }

  async post<T>(path: string, body: unknown, contentType = 'application/json'): Promise<T> {
    return (await this.send('POST', path, { body, contentType })).body as T;
  }

  /** Replaces what is there under its ETag, or makes it. */
  async put(path: string, body: unknown): Promise<unknown> {
    const before = await this.service.fetch(path);
    const etag = before.status === 200 ? before.headers.get('etag') : null;
    await before.arrayBuffer();
    const condition: Record<string, string> =
      etag === null ? { 'if-none-match': '*' } : { 'if-match': etag };
    return (await this.send('PUT', path, { body, headers: condition })).body;
  }

  /** Every item of a list, page by page. */
  async list<T>(path: string): Promise<readonly T[]> {
    const items: T[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const separator = path.includes('?') ? '&' : '?';
      const from = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page: Page<T> = await this.get(`${path}${separator}limit=200${from}`);
      items.push(...page.items);
      cursor = page.next_cursor;
    }
    return items;
  }

  private async send(
    method: string,
    path: string,
    options: {
      readonly body?: unknown;
      readonly contentType?: string;
      readonly headers?: Readonly<Record<string, string>>;
    } = {},
  ): Promise<{ body: unknown }> {
    const { body, contentType = 'application/json', headers = {} } = options;
    const response = await this.service
      .fetch(path, {
        method,
        headers: { ...headers, ...(body === undefined ? {} : { 'content-type': contentType }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      .catch((cause: unknown) => {
        const written = this.service.output.slice(-3_000);
        throw new Error(`${method} ${path} got no answer; it wrote:\n${written}`, { cause });
      });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${String(response.status)} ${text}`);
    return { body: text === '' ? undefined : JSON.parse(text) };
  }
}
