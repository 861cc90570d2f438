import type { AddressInfo } from 'node:net';
import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';
import { waitFor, type WaitOptions } from '../wait-for';

/** A mail as it came over the wire. */
export interface ReceivedMail {
  /** Whom the envelope names, which is where it goes, whatever the headers say. */
  readonly from: string;
  readonly to: readonly string[];
  readonly mail: ParsedMail;
  readonly raw: string;
}

/**
 * What the server does with the next mail: `ok` takes it; `busy` (451) and `refuse` (550) do not;
 * `take-then-hang-up` takes it and breaks the connection before saying so, so the sender cannot know.
 */
export type SmtpBehaviour = 'ok' | 'busy' | 'refuse' | 'take-then-hang-up';

export interface TestSmtpServer {
  /** `smtp://127.0.0.1:port` */
  readonly url: string;
  readonly mails: readonly ReceivedMail[];
  /** What to do with the mails to come, one by one; after the last, `ok`. */
  script(...behaviours: readonly SmtpBehaviour[]): void;
  /** The first mail, come or still to come, that fits. */
  waitForMail(fits: (mail: ReceivedMail) => boolean, options?: WaitOptions): Promise<ReceivedMail>;
  close(): Promise<void>;
}

/** A real SMTP server on a free port of 127.0.0.1 that keeps what it is given. */
export async function startSmtpServer(): Promise<TestSmtpServer> {
  const mails: ReceivedMail[] = [];
  const behaviours: SmtpBehaviour[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    logger: false,
    onData: (stream, session, callback) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const behaviour = behaviours.shift() ?? 'ok';
        const refusal = refusalOf(behaviour);
        if (refusal !== undefined) {
          callback(refusal);
          return;
        }
        parse(session, Buffer.concat(chunks)).then((mail) => {
          mails.push(mail);
          if (behaviour === 'ok') callback();
          else hangUp(server);
        }, callback);
      });
    },
  });
  // A client that breaks off is not an error of ours.
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${String(port)}`,
    mails,
    script: (...next) => void behaviours.push(...next),
    waitForMail: (fits, options) =>
      waitFor(() => mails.find(fits), { what: 'the mail', ...options }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        hangUp(server);
      }),
  };
}

function refusalOf(behaviour: SmtpBehaviour): Error | undefined {
  if (behaviour === 'busy') {
    return Object.assign(new Error('try again later'), { responseCode: 451 });
  }
  if (behaviour === 'refuse') {
    return Object.assign(new Error('no such mailbox'), { responseCode: 550 });
  }
  return undefined;
}

async function parse(session: SMTPServerSession, raw: Buffer): Promise<ReceivedMail> {
  const { mailFrom, rcptTo } = session.envelope;
  return {
    from: mailFrom === false ? '' : mailFrom.address,
    to: rcptTo.map(({ address }) => address),
    mail: await simpleParser(raw),
    raw: raw.toString(),
  };
}

/** The package keeps its connections, but says so in its documentation only, not in its types. */
function hangUp(server: SMTPServer): void {
  const { connections } = server as unknown as {
    connections: Set<{ _socket: { destroy(): void } }>;
  };
  for (const connection of connections) connection._socket.destroy();
}
