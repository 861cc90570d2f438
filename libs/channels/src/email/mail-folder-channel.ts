import {
  MessageChannel,
  type Addressee,
  type Delivery,
  type OutgoingMessage,
} from '@amends/application';
import { createTransport } from 'nodemailer';
import { mkdir, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { composeEmail, isAddress } from './compose-email';

const FALLBACK_SENDER = 'care@localhost';

/**
 * Writes mail to a folder instead of sending it: one `.eml` file per message, for trying things out.
 * The name is the message's id, so that sending again writes the same file.
 */
export class MailFolderChannel extends MessageChannel {
  readonly name = 'email';
  private readonly transport = createTransport({ streamTransport: true, buffer: true });
  private isFolderMade = false;

  constructor(private readonly folder: string) {
    super();
  }

  addressOf({ email }: Addressee): string | undefined {
    return email !== null && isAddress(email) ? email : undefined;
  }

  async send(message: OutgoingMessage): Promise<Delivery> {
    const senderAddress = isAddress(message.senderAddress)
      ? message.senderAddress
      : FALLBACK_SENDER;
    const composed = composeEmail({ ...message, senderAddress });
    const { message: bytes } = await this.transport.sendMail(composed);
    try {
      await this.write(`${message.id}.eml`, bytes as Buffer);
      return { kind: 'sent' };
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
      return { kind: 'later', reason: `the mail folder cannot be written: ${code}` };
    }
  }

  /** Whoever looks into the folder sees whole files only. */
  private async write(name: string, bytes: Buffer): Promise<void> {
    if (!this.isFolderMade) await mkdir(this.folder, { recursive: true });
    this.isFolderMade = true;
    const partial = join(this.folder, `.${name}.${String(process.pid)}.part`);
    const file = await open(partial, 'w');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, join(this.folder, name));
  }
}
