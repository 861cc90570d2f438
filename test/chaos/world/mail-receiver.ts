import type { AddressInfo } from 'node:net';
import { simpleParser } from 'mailparser';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';
import { Random } from '../random';
import type { Journal } from './journal';

/** A mail as it came to somebody. */
export interface Mail {
  /** `msg_…`: the same however often it is sent. */
  readonly id: string;
  readonly customer: string;
  /** What it says was given. */
  readonly amount: string;
}

export interface MailReceiverOptions {
  readonly seed: number;
  readonly journal: Journal<Mail>;
  readonly onMail: (mail: Mail) => void;
}

type Behaviour = 'take' | 'busy' | 'take-then-hang-up';

const WEIGHTS: Readonly<Record<Behaviour, number>> = {
  take: 94,
  busy: 3,
  'take-then-hang-up': 3,
};

/** Everybody's mailbox: what it has taken is on the disk before it says so. */
export class MailReceiver {
  readonly counts: Record<Behaviour, number> = { take: 0, busy: 0, 'take-then-hang-up': 0 };
  private readonly random: Random;
  private readonly server: SMTPServer;
  private isCalm = false;

  private constructor(private readonly options: MailReceiverOptions) {
    this.random = new Random(options.seed);
    this.server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS', 'AUTH'],
      disableReverseLookup: true,
      logger: false,
      onData: (stream, session, callback) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          this.take(session, Buffer.concat(chunks).toString()).then(callback, callback);
        });
      },
    });
    // A client that breaks off is not an error of ours.
    this.server.on('error', () => undefined);
  }

  static async start(options: MailReceiverOptions): Promise<MailReceiver> {
    const receiver = new MailReceiver(options);
    await new Promise<void>((done) => receiver.server.listen(0, '127.0.0.1', done));
    return receiver;
  }

  get port(): number {
    return (this.server.server.address() as AddressInfo).port;
  }

  calm(): void {
    this.isCalm = true;
  }

  close(): Promise<void> {
    return new Promise((done) => {
      this.server.close(() => {
        done();
      });
      this.hangUp();
    });
  }

  private async take(session: SMTPServerSession, raw: string): Promise<Error | undefined> {
    const to = session.envelope.rcptTo[0]?.address ?? '';
    const behaviour = this.isCalm ? 'take' : this.random.weighted(WEIGHTS);
    this.counts[behaviour] += 1;
    if (behaviour === 'busy') {
      return Object.assign(new Error('try again later'), { responseCode: 451 });
    }
    const { text = '', messageId = '' } = await simpleParser(raw);
    const mail = {
      id: /<([^@]+)@/.exec(messageId)?.[1] ?? '',
      customer: to.slice(0, to.indexOf('@')),
      amount: /AMOUNT (.*)/.exec(text)?.[1] ?? '',
    };
    this.options.onMail(mail);
    await this.options.journal.append(mail);
    if (behaviour === 'take-then-hang-up') this.hangUp(session.id);
    return undefined;
  }

  /** The package keeps its connections, but says so in its documentation only, not in its types. */
  private hangUp(id?: string): void {
    const { connections } = this.server as unknown as {
      connections: Set<{ id: string; _socket: { destroy(): void } }>;
    };
    for (const connection of connections) {
      if (id === undefined || connection.id === id) connection._socket.destroy();
    }
  }
}
