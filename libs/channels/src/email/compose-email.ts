import type { OutgoingMessage } from '@amends/application';
import { oneLine } from '../template/plain-text';

/** A mail as nodemailer takes it. */
export interface Email {
  readonly from: { readonly name: string; readonly address: string };
  readonly to: { readonly name: string; readonly address: string };
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
  /** The same whenever it is sent again, so that a mailbox can drop what comes twice. */
  readonly messageId: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * One address and nothing else: no display name, no list, no comment, no quoting, no line end. What
 * a mail library would read as several recipients never gets there.
 */
const ADDRESS =
  /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/;
const ADDRESS_LENGTH_MAX = 254;

/** Whether a text is one plain address; non-ASCII domains are written in punycode. */
export function isAddress(text: string): boolean {
  return text.length <= ADDRESS_LENGTH_MAX && ADDRESS.test(text);
}

/** Composes a mail whose headers carry one line each, whatever the message says. */
export function composeEmail(message: OutgoingMessage): Email {
  const { senderAddress, recipient } = message;
  const domain = senderAddress.slice(senderAddress.lastIndexOf('@') + 1);
  return {
    from: { name: oneLine(message.senderName), address: senderAddress },
    to: { name: oneLine(message.recipientName ?? ''), address: recipient },
    subject: oneLine(message.subject),
    text: message.text,
    ...(message.html !== null && { html: wrapHtml(message.html) }),
    messageId: `<${message.id}@${domain}>`,
    headers: {
      // Out-of-office replies to an apology help nobody (RFC 3834).
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
    },
  };
}

function wrapHtml(body: string): string {
  return `<!doctype html><html><head><meta charset="utf-8"></head><body>\n${body}\n</body></html>\n`;
}
