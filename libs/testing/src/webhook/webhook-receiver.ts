import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { waitFor, type WaitOptions } from '../wait-for';

/** A request as it came. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The bytes that were signed, as text. */
  readonly body: string;
  /** `body` as JSON; undefined when it is none. */
  readonly json: unknown;
  /** `webhook-id`: the same for every attempt at the same thing. */
  readonly id: string | undefined;
  /** Whether the signature, its time included, is right for the receiver's secret. */
  readonly isSigned: boolean;
  /** Whether the receiver acted on it, whatever it answered. */
  readonly isAccepted: boolean;
  readonly receivedAtMs: number;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * What the receiver does with a request:
 * - `ok` acts on it and says so;
 * - `fail` answers 500 and has done nothing;
 * - `accept-then-fail` acts on it, yet answers 500;
 * - `hang` and `accept-then-hang` never answer;
 * - `slowMs` acts on it and says so after a while;
 * - an answer is given as it is, after a while if it says so; `accept` says whether it was acted on.
 */
export type WebhookBehaviour =
  | 'ok'
  | 'fail'
  | 'accept-then-fail'
  | 'hang'
  | 'accept-then-hang'
  | { readonly slowMs: number }
  | (Answer & { readonly accept: boolean; readonly slowMs?: number });

export interface WebhookReceiverOptions {
  /** `whsec_…`; requests that are not signed with it get 401 and are not acted on. */
  readonly secret?: string;
  /** The answer of an `ok`: 200 with `{}` unless given. */
  readonly answer?: (request: ReceivedRequest) => Answer;
}

/** Somebody else's service: takes webhooks, misbehaves as told, and remembers everything. */
export class WebhookReceiver {
  /** Every request, in the order in which their bodies were complete. */
  readonly journal: ReceivedRequest[] = [];
  private readonly behaviours: WebhookBehaviour[] = [];
  private readonly server: Server;

  private constructor(private readonly options: WebhookReceiverOptions) {
    this.server = createServer((request, response) => {
      // A sender that breaks off is the sender's business.
      this.handle(request, response).catch(() => response.destroy());
    });
  }

  static async start(options: WebhookReceiverOptions = {}): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver(options);
    await new Promise<void>((listening) => {
      receiver.server.listen(0, '127.0.0.1', listening);
    });
    return receiver;
  }

  get url(): string {
    const { port } = this.server.address() as AddressInfo;
    return `http://127.0.0.1:${String(port)}`;
  }

  /** What was acted on, each thing once, however many requests there were for it. */
  get acceptedIds(): readonly string[] {
    const accepted = this.journal.filter(({ isAccepted }) => isAccepted);
    return [...new Set(accepted.map(({ id }) => id ?? ''))];
  }

  /** What to do with the requests to come, one by one; after the last, `ok`. */
  script(...behaviours: readonly WebhookBehaviour[]): void {
    this.behaviours.push(...behaviours);
  }

  waitForRequests(count: number, options?: WaitOptions): Promise<readonly ReceivedRequest[]> {
    const what = `request ${String(count)} at the webhook receiver`;
    const enough = () => this.journal.length >= count && this.journal;
    return waitFor<readonly ReceivedRequest[] | false>(enough, { what, ...options }).then(
      () => this.journal,
    );
  }

  async close(): Promise<void> {
    const closed = new Promise((done) => this.server.close(done));
    this.server.closeAllConnections();
    await closed;
  }

  private async handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const unsigned = await receive(incoming, this.options.secret);
    if (!unsigned.isSigned) {
      this.journal.push({ ...unsigned, isAccepted: false });
      reply(response, { status: 401, body: { error: 'not signed' } });
      return;
    }
    const behaviour = this.behaviours.shift() ?? 'ok';
    const request = { ...unsigned, isAccepted: isAccepting(behaviour) };
    this.journal.push(request);
    if (behaviour === 'hang' || behaviour === 'accept-then-hang') return;
    if (behaviour === 'fail' || behaviour === 'accept-then-fail') {
      reply(response, { status: 500, body: { error: 'told to fail' } });
      return;
    }
    if (typeof behaviour === 'object') await sleep(behaviour.slowMs ?? 0);
    if (typeof behaviour === 'object' && 'status' in behaviour) {
      reply(response, behaviour);
      return;
    }
    reply(response, this.options.answer?.(request) ?? { status: 200, body: {} });
  }
}

function isAccepting(behaviour: WebhookBehaviour): boolean {
  if (behaviour === 'fail' || behaviour === 'hang') return false;
  return typeof behaviour === 'object' && 'status' in behaviour ? behaviour.accept : true;
}

async function receive(
  incoming: IncomingMessage,
  secret: string | undefined,
): Promise<Omit<ReceivedRequest, 'isAccepted'>> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString();
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
  );
  return {
    method: incoming.method ?? '',
    path: incoming.url ?? '',
    headers,
    body,
    json: parseJson(body),
    id: headers['webhook-id'],
    isSigned: secret === undefined || verify(secret, body, headers),
    receivedAtMs: Date.now(),
  };
}

function verify(secret: string, body: string, headers: Record<string, string>): boolean {
  try {
    new Webhook(secret).verify(body, headers);
    return true;
  } catch {
    return false;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function reply(response: ServerResponse, { status, body, headers }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(body === undefined ? '' : JSON.stringify(body));
}
