import type { Remedy } from '../remedy';
import { claimMessages } from './claim-messages';
import { recordMessage, type MessageAttempt, type MessageRecord } from './message-changes';
import {
  MESSAGE_TIMEOUT_MS,
  type Delivery,
  type MessageChannel,
  type MessageChannels,
} from './message-channel';
import type { MessageFacts, MessageRenderer, RenderedMessage } from './message-renderer';
import { messageWaitMs, TRIES_MAX } from './message-retries';
import type { ClaimedMessage } from './read-messages';

/** A stall longer than this since the claim: the lease may run out, so it is not sent now. */
const LATE_MS = 15_000;

/** Sends what is due, and writes down what came of it. */
export class SendDue {
  constructor(
    private readonly remedy: Remedy,
    private readonly channels: MessageChannels,
    private readonly renderer: MessageRenderer,
  ) {}

  /** How many messages were worked on. */
  async execute(): Promise<number> {
    const claimedMs = performance.now();
    const { looked, messages } = await this.remedy.database.transaction((sql) =>
      claimMessages(sql, this.remedy),
    );
    if (messages.length > 0) this.remedy.observer.reached('message.after-claim');
    await Promise.all(messages.map((message) => this.send(message, claimedMs)));
    return looked;
  }

  private async send(message: ClaimedMessage, claimedMs: number): Promise<void> {
    if (performance.now() - claimedMs > LATE_MS) return;
    const record = await this.deliver(message);
    this.remedy.observer.reached('message.before-record');
    const isOurs = await recordMessage(this.remedy.database, message.id, message.sends, record);
    const about = { messageId: message.id };
    if (!isOurs) this.remedy.observer.warn('a message was taken over while it was sent', about);
    if (record.state === 'failed') this.remedy.observer.warn('a message cannot be sent', about);
    if (record.state === 'sent' && message.incident) {
      const { detectedAtMs, atMs } = message.incident;
      const secondsSince = (sinceMs: number) => Math.max(0, Date.now() - sinceMs) / 1000;
      this.remedy.observer.apologised(secondsSince(detectedAtMs));
      this.remedy.observer.madeGood('told', secondsSince(atMs));
    }
  }

  /** Tries the channels in their order; what is refused by one goes to the next. */
  private async deliver(message: ClaimedMessage): Promise<MessageRecord> {
    const attempts: MessageAttempt[] = [];
    let shown: { rendered: RenderedMessage; channel: string } | undefined;
    for (const name of message.channels) {
      const rendering = this.render(message, name);
      if (!rendering.ok) {
        attempts.push(attempt(name, 'failed', rendering.reason));
        continue;
      }
      const { message: rendered } = rendering;
      shown ??= { rendered, channel: name };
      const target = this.target(message, name);
      if (typeof target === 'string') {
        attempts.push(attempt(name, 'skipped', target));
        continue;
      }
      const delivery = await this.handOver(message, rendered, target);
      attempts.push(
        attempt(name, delivery.kind, 'reason' in delivery ? delivery.reason : undefined),
      );
      if (delivery.kind === 'refused') continue;
      return this.ended(message, delivery, { rendered, channel: name }, attempts);
    }
    return { state: 'failed', attempts, ...version(message), ...(shown ?? {}) };
  }

  private ended(
    message: ClaimedMessage,
    delivery: Exclude<Delivery, { kind: 'refused' }>,
    shown: { rendered: RenderedMessage; channel: string },
    attempts: readonly MessageAttempt[],
  ): MessageRecord {
    const base = { attempts, ...version(message), ...shown };
    if (delivery.kind === 'sent') return { ...base, state: 'sent' };
    if (message.sends >= TRIES_MAX) return { ...base, state: 'failed' };
    return { ...base, state: 'queued', waitMs: messageWaitMs(message.sends) };
  }

  private render(message: ClaimedMessage, channel: string) {
    if (message.template === null) {
      return { ok: false as const, reason: 'its template does not exist' };
    }
    return this.renderer.render(message.template.document, channel, factsOf(message));
  }

  /** Where it goes; a text says why it cannot. */
  private target(
    { customer }: ClaimedMessage,
    name: string,
  ): { channel: MessageChannel; address: string } | string {
    const channel = this.channels.named(name);
    if (!channel) return 'this channel is not set up';
    if (customer.blockedChannels.includes(name)) return 'the customer blocks this channel';
    const address = channel.addressOf(customer);
    return address === undefined ? 'the customer has no address for it' : { channel, address };
  }

  private async handOver(
    message: ClaimedMessage,
    { subject, text, html }: RenderedMessage,
    { channel, address }: { channel: MessageChannel; address: string },
  ): Promise<Delivery> {
    const { brand } = message.settings;
    const startedMs = performance.now();
    const delivery = await withTimeout(
      channel.send({
        id: message.id,
        recipient: address,
        recipientName: message.customer.name,
        senderName: brand.sender_name,
        senderAddress: brand.sender_address,
        subject,
        text,
        html,
      }),
    );
    const outcome = { sent: 'sent', later: 'retried', refused: 'failed' } as const;
    const seconds = (performance.now() - startedMs) / 1000;
    this.remedy.observer.messaged(channel.name, outcome[delivery.kind], seconds);
    return delivery;
  }
}

function factsOf(message: ClaimedMessage): MessageFacts {
  const { compensation, incident, customer, rule, settings } = message;
  return {
    customer: {
      id: customer.id,
      name: customer.name,
      locale: customer.locale,
      timeZone: customer.timeZone,
    },
    payout: compensation && {
      money: compensation.money,
      kind: compensation.kind,
      arrives: compensation.arrives,
      voucher: compensation.voucher,
    },
    orderId: compensation?.orderId ?? orderIdOf(incident),
    incident,
    ruleTitle: rule?.title ?? null,
    brand: {
      senderName: settings.brand.sender_name,
      locale: settings.default_locale,
      timeZone: settings.default_time_zone,
    },
  };
}

function orderIdOf(incident: ClaimedMessage['incident']): string | null {
  const data = incident?.event['data'];
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return null;
  const order = (data as Readonly<Record<string, unknown>>)['order_id'];
  return typeof order === 'string' || typeof order === 'number' ? String(order) : null;
}

function version({ template }: ClaimedMessage): { templateVersion?: number } {
  return template === null ? {} : { templateVersion: template.version };
}

function attempt(
  channel: string,
  outcome: MessageAttempt['outcome'],
  detail?: string,
): MessageAttempt {
  const at = new Date().toISOString();
  return { at, channel, outcome, ...(detail !== undefined && { detail }) };
}

async function withTimeout(delivery: Promise<Delivery>): Promise<Delivery> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Delivery>((resolve) => {
    timer = setTimeout(() => {
      resolve({ kind: 'later', reason: 'no answer in time' });
    }, MESSAGE_TIMEOUT_MS);
  });
  try {
    return await Promise.race([delivery, late]);
  } catch (error) {
    return { kind: 'later', reason: error instanceof Error ? error.message : 'no answer' };
  } finally {
    clearTimeout(timer);
  }
}
