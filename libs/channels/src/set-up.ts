import { MessageChannels, PayoutProviders, type PayoutProvider } from '@amends/application';
import { join } from 'node:path';
import { MailFolderChannel } from './email/mail-folder-channel';
import { readProviders } from './provider-settings';
import { SmtpChannel } from './email/smtp-channel';
import { parseWebhookAddress } from './refund/webhook-address';
import { WebhookProvider } from './refund/webhook-provider';

export interface PayoutSettings {
  /** A list of providers in YAML or JSON (`readProviders`), asked before the refund service below. */
  readonly list?: string | undefined;
  /** What secrets of that list are read from. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** False in a process that sends nothing itself. */
  readonly sends?: boolean;
  /** The company's own refund service; without one refunds wait. */
  readonly refundUrl?: string | undefined;
  readonly refundSecret?: string | undefined;
  /** Where it can be asked what became of a refund. */
  readonly refundQueryUrl?: string | undefined;
  /** Plain http to other machines, for a private network. */
  readonly allowHttp?: boolean | undefined;
  /** For how long the service knows a key, in milliseconds; a day unless given. */
  readonly keyWindowMs?: number | undefined;
}

/** As Standard Webhooks has it. */
const SECRET = /^whsec_[A-Za-z0-9+/]{32,}={0,2}$/;

/** The providers that the settings name. Throws, with a sentence for the operator, if they are wrong. */
export function createPayoutProviders(settings: PayoutSettings): PayoutProviders {
  const { refundUrl, refundSecret, refundQueryUrl, keyWindowMs } = settings;
  const { list, env = {}, sends = true } = settings;
  const providers: PayoutProvider[] = list === undefined ? [] : readProviders(list, { env, sends });
  if (refundUrl !== undefined) {
    if (refundSecret === undefined) {
      throw new Error('REFUND_WEBHOOK_URL needs REFUND_WEBHOOK_SECRET: requests are signed');
    }
    if (!SECRET.test(refundSecret)) {
      throw new Error('REFUND_WEBHOOK_SECRET must be whsec_ and base 64 of at least 24 bytes');
    }
    const allowHttp = settings.allowHttp ?? false;
    if (providers.some(({ name }) => name === 'webhook')) {
      throw new Error('REFUND_WEBHOOK_URL is the provider "webhook": name yours otherwise');
    }
    providers.push(
      new WebhookProvider({
        url: address('REFUND_WEBHOOK_URL', refundUrl, allowHttp),
        secret: refundSecret,
        ...(refundQueryUrl !== undefined && {
          queryUrl: address('REFUND_QUERY_URL', refundQueryUrl, allowHttp),
        }),
        ...(keyWindowMs !== undefined && { promises: { keyWindowMs } }),
      }),
    );
  }
  return new PayoutProviders(providers);
}

function address(name: string, text: string, allowHttp: boolean): URL {
  const parsed = parseWebhookAddress(text, allowHttp);
  if (!parsed.ok) throw new Error(`${name} ${parsed.problem}`);
  return parsed.url;
}

export interface MessageSettings {
  /** `smtp://…`; without it mail is written to a folder. */
  readonly smtpUrl?: string | undefined;
  /** Where the folder `mail` is. */
  readonly dataFolder: string;
}

/** The channels that the settings name, and what closes them. */
export function createMessageChannels({ smtpUrl, dataFolder }: MessageSettings): {
  readonly channels: MessageChannels;
  readonly close: () => void;
} {
  if (smtpUrl === undefined) {
    const channel = new MailFolderChannel(join(dataFolder, 'mail'));
    return { channels: new MessageChannels([channel]), close: () => undefined };
  }
  const channel = new SmtpChannel(smtpUrl);
  return {
    channels: new MessageChannels([channel]),
    close: () => {
      channel.close();
    },
  };
}
