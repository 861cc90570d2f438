import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { Random } from '../random';
import type { Journal } from './journal';

/** Money that has moved, at somebody else's. */
export interface Movement {
  readonly key: string;
  readonly customer: string;
  readonly payment: string;
  readonly value: string;
  readonly currency: string;
}

type Behaviour =
  | 'pay'
  | 'pay-slowly'
  | 'pay-then-500'
  | 'pay-then-hang'
  | 'pay-then-cut'
  | 'fail-500'
  | 'busy-429'
  | 'hang';

export interface PayoutReceiverOptions {
  readonly secret: string;
  readonly seed: number;
  readonly journal: Journal<Movement>;
  /** Called with every key that is new, before it is answered. */
  readonly onFirst: (key: string) => Promise<void>;
}

/** How it treats the first request for a key; later ones are treated better. */
const FIRST: Readonly<Record<Behaviour, number>> = {
  pay: 62,
  'pay-slowly': 10,
  'pay-then-500': 12,
  'pay-then-hang': 3,
  'pay-then-cut': 5,
  'fail-500': 5,
  'busy-429': 2,
  hang: 1,
};
const SECOND: Readonly<Record<Behaviour, number>> = {
  ...FIRST,
  pay: 200,
  'pay-then-hang': 0,
  hang: 0,
};
const SLOW_MS = [1_000, 5_000] as const;

/**
 * The company's refund service, on a bad day: slow, or 500 after it has paid, or no answer at all. It
 * keeps its promise all the same: one key moves money once, whatever it answers.
 */
export class PayoutReceiver {
  readonly counts: Record<Behaviour | 'replayed' | 'unsigned', number> = {
    pay: 0,
    'pay-slowly': 0,
    'pay-then-500': 0,
    'pay-then-hang': 0,
    'pay-then-cut': 0,
    'fail-500': 0,
    'busy-429': 0,
    hang: 0,
    replayed: 0,
    unsigned: 0,
  };
  private readonly random: Random;
  private readonly requests = new Map<string, number>();
  private readonly moved = new Map<string, Promise<void>>();
  private readonly paid = new Set<string>();
  private readonly server: Server;
  private isCalm = false;

  private constructor(private readonly options: PayoutReceiverOptions) {
    this.random = new Random(options.seed);
    this.server = createServer((request, response) => {
      this.handle(request, response).catch(() => response.destroy());
    });
  }

  static async start(options: PayoutReceiverOptions): Promise<PayoutReceiver> {
    const receiver = new PayoutReceiver(options);
    await new Promise<void>((done) => receiver.server.listen(0, '127.0.0.1', done));
    return receiver;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Whether money has moved to the customer. */
  hasPaid(customer: string): boolean {
    return this.paid.has(customer);
  }

  /** From now on it behaves. */
  calm(): void {
    this.isCalm = true;
  }

  async close(): Promise<void> {
    const closed = new Promise((done) => this.server.close(done));
    this.server.closeAllConnections();
    await closed;
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await textOf(request);
    const headers = request.headers as Record<string, string>;
    const key = headers['webhook-id'] ?? '';
    if (!this.isSigned(body, headers)) {
      this.counts.unsigned += 1;
      answer(response, 401, {});
      return;
    }
    if (request.method === 'GET') {
      answer(response, 200, { status: this.moved.has(key) ? 'succeeded' : 'not_found' });
      return;
    }
    const number = (this.requests.get(key) ?? 0) + 1;
    this.requests.set(key, number);
    if (number === 1) await this.options.onFirst(key);
    const behaviour = this.behaviour(number);
    this.counts[behaviour] += 1;
    if (behaviour === 'hang') return;
    if (behaviour === 'fail-500' || behaviour === 'busy-429') {
      answer(response, behaviour === 'fail-500' ? 500 : 429, {});
      return;
    }
    if (behaviour === 'pay-slowly') await sleep(this.random.int(...SLOW_MS));
    await this.pay(key, body);
    if (behaviour === 'pay-then-hang') return;
    if (behaviour === 'pay-then-cut') response.destroy();
    else if (behaviour === 'pay-then-500') answer(response, 500, {});
    else answer(response, 200, { reference: `re_${key}`, status: 'succeeded' });
  }

  private behaviour(number: number): Behaviour {
    if (this.isCalm || number > 2) return 'pay';
    return this.random.weighted(number === 1 ? FIRST : SECOND);
  }

  private async pay(key: string, body: string): Promise<void> {
    const earlier = this.moved.get(key);
    if (earlier !== undefined) {
      this.counts.replayed += 1;
      await earlier;
      return;
    }
    const { data } = JSON.parse(body) as {
      data: {
        customer_id: string;
        payment: string;
        amount: { value: string; currency: string };
      };
    };
    const written = this.options.journal.append({
      key,
      customer: data.customer_id,
      payment: data.payment,
      ...data.amount,
    });
    this.moved.set(key, written);
    this.paid.add(data.customer_id);
    await written;
  }

  private isSigned(body: string, headers: Record<string, string>): boolean {
    try {
      new Webhook(this.options.secret).verify(body, headers);
      return true;
    } catch {
      // A GET has no body to sign, and standardwebhooks refuses to look at an empty one.
      return body === '';
    }
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  const retry = status === 429 ? { 'retry-after': '1' } : {};
  response.writeHead(status, { 'content-type': 'application/json', ...retry });
  response.end(JSON.stringify(body));
}
