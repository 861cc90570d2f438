import {
  MessageChannel,
  type Addressee,
  type Delivery,
  type OutgoingMessage,
} from '@amends/application';
import { createTransport, type Transporter } from 'nodemailer';
import { composeEmail, isAddress } from './compose-email';

const CONNECT_MS = 8_000;
const SOCKET_MS = 15_000;
const CONNECTIONS_MAX = 4;

interface SmtpError extends Error {
  readonly responseCode?: number;
  readonly code?: string;
  /** What the server was told when it refused. */
  readonly command?: string;
}

/** Sends mail by SMTP, over connections that are kept. */
export class SmtpChannel extends MessageChannel {
  readonly name = 'email';
  private readonly transport: Transporter;

  /** @param url `smtp://user:password@host:587` or `smtps://…` */
  constructor(url: string) {
    super();
    this.transport = createTransport({
      url,
      pool: true,
      maxConnections: CONNECTIONS_MAX,
      connectionTimeout: CONNECT_MS,
      greetingTimeout: CONNECT_MS,
      socketTimeout: SOCKET_MS,
      // What is sent is what was composed: no file or address is ever fetched for it.
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }

  addressOf({ email }: Addressee): string | undefined {
    return email !== null && isAddress(email) ? email : undefined;
  }

  async send(message: OutgoingMessage): Promise<Delivery> {
    if (!isAddress(message.senderAddress)) {
      return { kind: 'later', reason: "the brand's sender address is not an e-mail address" };
    }
    try {
      await this.transport.sendMail(composeEmail(message));
      return { kind: 'sent' };
    } catch (error) {
      return deliveryOf(error as SmtpError);
    }
  }

  close(): void {
    this.transport.close();
  }
}

/**
 * A 5yz about the recipient or the text is for good. One about us (not let in, sender not allowed)
 * is for the operator to put right, and the message waits; so does everything without an answer.
 */
function deliveryOf({ responseCode, code, command, message }: SmtpError): Delivery {
  const reason =
    responseCode === undefined ? (code ?? 'no answer') : `SMTP ${String(responseCode)}`;
  const isAboutMessage = command === 'RCPT TO' || command === 'DATA';
  const isForGood = responseCode !== undefined && responseCode >= 500 && isAboutMessage;
  const detail = `${reason}: ${firstLine(message)}`;
  return { kind: isForGood ? 'refused' : 'later', reason: detail };
}

function firstLine(text: string): string {
  return (text.split(/[\r\n]/)[0] ?? '').slice(0, 200);
}
