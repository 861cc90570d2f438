import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '../webhook/webhook-receiver';
import {
  CURRENCY_OF_PAYMENT,
  type Asked,
  type Dialect,
  type Told,
  type WireRequest,
} from './dialect';
import { KeptKeys } from './kept-keys';
import { TRAITS, type Personality, type Traits } from './personality';
import { ProviderBook, type ProviderMovement, type Refund } from './provider-book';

/**
 * What goes wrong with one request for a refund:
 * - `pending`: accepted, and through after a while; `fail-later`: accepted, and failed after days;
 * - `fail-after-success`: paid, and the bank sends it back after days;
 * - `too-many-requests`: 429 with Retry-After, nothing moves;
 * - `error-before`, `error-after`: 500 before or after the money moved;
 * - `cut-before`, `cut-after`: the connection breaks before or after it moved;
 * - `hang-before`, `hang-after`: no answer, ever;
 * - `late`: no answer, and the money moves minutes after the caller has gone.
 */
export type Fault =
  | 'pending'
  | 'fail-later'
  | 'fail-after-success'
  | 'too-many-requests'
  | 'error-before'
  | 'error-after'
  | 'cut-before'
  | 'cut-after'
  | 'hang-before'
  | 'hang-after'
  | 'late'
  | { readonly slowMs: number };

export interface SimulatedProviderOptions {
  readonly personality: Personality;
  readonly dialect: Dialect;
  /** Epoch milliseconds; the machine's unless given. */
  readonly now?: () => number;
  /** Told of every movement before anybody is answered. */
  readonly write?: (movement: ProviderMovement) => void;
  /** What goes wrong with a request, by its key; asked when nothing is scripted. */
  readonly faultOf?: (key: string) => Fault | undefined;
  readonly traits?: Partial<Traits>;
  /** A refund can be found by its reference only so long after it was made. */
  readonly findableAfterMs?: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const PENDING_MS = DAY_MS;
const FAILS_AFTER_MS = 3 * DAY_MS;
const LATE_MS = 4 * 60_000;
const RETRY_AFTER_SECONDS = 2;
const NOWHERE = Symbol('no answer');

/** A payment provider with the habits of a real one: it moves money in its own books, over HTTP. */
export class SimulatedProvider {
  /** All that moved, in order. */
  readonly movements: ProviderMovement[] = [];
  /** Every request, by what it asked for. */
  readonly requests: Asked[] = [];
  readonly book: ProviderBook;
  private readonly keys: KeptKeys;
  private readonly traits: Traits;
  private readonly now: () => number;
  private readonly faults: Fault[] = [];
  private readonly late: { readonly atMs: number; readonly run: () => void }[] = [];
  private readonly server: Server;

  private constructor(private readonly options: SimulatedProviderOptions) {
    const { personality, traits, now = Date.now, write } = options;
    this.traits = { ...TRAITS[personality], ...traits };
    this.now = now;
    this.keys = new KeptKeys(personality, this.traits.keyWindowMs, now);
    this.book = new ProviderBook({
      traits: this.traits,
      now,
      write: (movement) => {
        write?.(movement);
        this.movements.push(movement);
      },
    });
    this.server = createServer((request, response) => {
      this.handle(request, response).catch(() => response.destroy());
    });
  }

  static async start(options: SimulatedProviderOptions): Promise<SimulatedProvider> {
    const provider = new SimulatedProvider(options);
    await new Promise<void>((listening) => provider.server.listen(0, '127.0.0.1', listening));
    return provider;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  /** What goes wrong with the refunds to come, one by one; after the last, what `faultOf` says. */
  script(...faults: readonly Fault[]): void {
    this.faults.push(...faults);
  }

  /** Does what was put off until now: late payments, refunds that fail. */
  settle(): void {
    const dueMs = this.now();
    for (const [index, { atMs, run }] of [...this.late.entries()].reverse()) {
      if (atMs > dueMs) continue;
      this.late.splice(index, 1);
      run();
    }
    this.book.settle();
  }

  /** A webhook about a refund as it stands now, signed at this moment by the machine's clock. */
  announce(refund: Refund) {
    return this.options.dialect.announce({ refund, status: this.book.status(refund) });
  }

  async close(): Promise<void> {
    const closed = new Promise((done) => this.server.close(done));
    this.server.closeAllConnections();
    await closed;
  }

  private async handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { dialect } = this.options;
    const asked = dialect.read(await receive(incoming));
    this.requests.push(asked);
    this.settle();
    const answer =
      asked.kind === 'refund' ? await this.pay(asked) : dialect.write(this.tell(asked));
    if (answer === NOWHERE) return;
    if (answer === 'cut') response.destroy();
    else reply(response, answer);
  }

  private async pay(
    asked: Extract<Asked, { kind: 'refund' }>,
  ): Promise<Answer | typeof NOWHERE | 'cut'> {
    const { dialect } = this.options;
    const fault = this.faults.shift() ?? this.options.faultOf?.(asked.key);
    const retryAfterSeconds = RETRY_AFTER_SECONDS;
    switch (fault) {
      case 'too-many-requests':
        return dialect.write({ kind: 'too-many-requests', retryAfterSeconds });
      case 'error-before':
        return dialect.write({ kind: 'error' });
      case 'cut-before':
        return 'cut';
      case 'hang-before':
        return NOWHERE;
      default:
        break;
    }
    if (typeof fault === 'object') await sleep(fault.slowMs);
    const answer = this.answerTo(asked, fault);
    if (fault === 'hang-after' || fault === 'late') return NOWHERE;
    return fault === 'cut-after' ? 'cut' : answer;
  }

  private answerTo(asked: Extract<Asked, { kind: 'refund' }>, fault: Fault | undefined): Answer {
    const { dialect } = this.options;
    const { key, payment, money } = asked;
    if (key.length > this.traits.keyLengthMax) return dialect.write({ kind: 'nonsense' });
    const request = JSON.stringify([payment, money.minor.toString(), money.currency]);
    const verdict = this.keys.begin(key, request);
    switch (verdict.kind) {
      case 'as-before': {
        const headers = { ...verdict.answer.headers, 'idempotent-replayed': 'true' };
        return { ...verdict.answer, headers };
      }
      case 'as-it-stands': {
        const refund = this.book.find(verdict.refundId);
        return dialect.write(refund ? this.stands(refund, false) : { kind: 'not-found' });
      }
      case 'mismatch':
      case 'in-flight':
        return dialect.write(verdict);
      case 'new':
        break;
    }
    if (fault !== 'late') return this.execute(asked, fault);
    this.late.push({ atMs: this.now() + LATE_MS, run: () => void this.execute(asked, fault) });
    return dialect.write({ kind: 'in-flight' });
  }

  private execute(asked: Extract<Asked, { kind: 'refund' }>, fault: Fault | undefined): Answer {
    const { dialect } = this.options;
    const { key, reference, payment } = asked;
    const captured = this.book.payment(payment)?.captured.currency ?? '';
    const isPlain = asked.money.currency !== CURRENCY_OF_PAYMENT;
    const outcome = this.book.refund({
      key: reference,
      payment,
      money: isPlain ? asked.money : { ...asked.money, currency: captured },
      ...(fault === 'pending' && { pendingMs: PENDING_MS }),
      ...(fault === 'fail-later' && { pendingMs: FAILS_AFTER_MS, failsAfterMs: FAILS_AFTER_MS }),
      ...(fault === 'fail-after-success' && { failsAfterMs: FAILS_AFTER_MS }),
    });
    const told: Told =
      typeof outcome === 'string'
        ? { kind: 'refused', refusal: outcome }
        : this.stands(outcome, true);
    const answer = dialect.write(fault === 'error-after' ? { kind: 'error' } : told);
    this.keys.keep(key, answer, typeof outcome === 'string' ? undefined : outcome.id);
    return answer;
  }

  private tell(asked: Exclude<Asked, { kind: 'refund' }>): Told {
    switch (asked.kind) {
      case 'by-reference':
        return this.findable(this.book.findByKey(asked.reference));
      case 'by-id':
        return this.findable(this.book.find(asked.id));
      case 'list':
        return this.list(asked);
      case 'payment': {
        const payment = this.book.payment(asked.payment);
        if (!payment) return { kind: 'not-found' };
        const refunds = this.book.ofPayment(payment.id);
        const standing = refunds.filter((refund) => this.book.status(refund) !== 'failed');
        const refunded = standing.reduce((sum, { money }) => sum + money.minor, 0n);
        return { kind: 'payment', payment, refunded };
      }
      case 'not-let-in':
      case 'nonsense':
        return asked;
    }
  }

  private findable(refund: Refund | undefined): Told {
    return refund && this.isFindable(refund) ? this.stands(refund, true) : { kind: 'not-found' };
  }

  private isFindable({ createdAtMs }: Refund): boolean {
    return this.now() - createdAtMs >= (this.options.findableAfterMs ?? 0);
  }

  /** Newest first, as Stripe has it. */
  private list({ payment, fromMs, toMs, after, limit }: Extract<Asked, { kind: 'list' }>): Told {
    const refunds = payment === null ? this.book.all() : [...this.book.ofPayment(payment)];
    const matching = refunds
      .filter(({ createdAtMs }) => createdAtMs >= fromMs && createdAtMs < toMs)
      .filter((refund) => this.isFindable(refund))
      .reverse();
    const start = after === null ? 0 : matching.findIndex(({ id }) => id === after) + 1;
    const page = matching.slice(start, start + limit);
    const standing = page.map((refund) => ({ refund, status: this.book.status(refund) }));
    return { kind: 'list', refunds: standing, more: start + limit < matching.length };
  }

  private stands(refund: Refund, changed: boolean): Told {
    return { kind: 'refund', refund, status: this.book.status(refund), changed };
  }
}

async function receive(incoming: IncomingMessage): Promise<WireRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
  );
  return {
    method: incoming.method ?? '',
    url: new URL(incoming.url ?? '/', 'http://provider'),
    headers,
    body: Buffer.concat(chunks).toString(),
  };
}

function reply(response: ServerResponse, { status, body, headers }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(body === undefined ? '' : JSON.stringify(body));
}
