import { AuditAnchor, linkText, type AnchoredHead, type AuditHead } from '@amends/application';
import { Webhook } from 'standardwebhooks';
import { request } from '../refund/http-request';

export interface WebhookAnchorOptions {
  readonly url: URL;
  /** `whsec_` and base 64, as Standard Webhooks has it. */
  readonly secret: string;
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 15_000;

/**
 * Ends of the audit chain, sent to somebody else as signed webhooks (Standard Webhooks): `audit.anchored` with `seq` and
 * `hash`. What they have kept they give back to `GET /v1/audit/verify?anchor=<seq>:<hash>`.
 */
export class WebhookAnchor extends AuditAnchor {
  readonly place = 'webhook';
  private readonly signer: Webhook;

  constructor(private readonly options: WebhookAnchorOptions) {
    super();
    this.signer = new Webhook(options.secret);
  }

  /** @throws Error unless it was answered with 2xx */
  async put({ seq, hash }: AuditHead, atMs: number): Promise<void> {
    const now = new Date();
    const id = `anchor_${seq.toString()}_${hash.toString('hex').slice(0, 16)}`;
    const body = JSON.stringify({
      type: 'audit.anchored',
      timestamp: new Date(atMs).toISOString(),
      data: { seq: Number(seq), hash: linkText(hash) },
    });
    const answer = await request(this.options.url, {
      method: 'POST',
      body,
      timeoutMs: this.options.timeoutMs ?? TIMEOUT_MS,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'amends',
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
        'webhook-signature': this.signer.sign(id, now, body),
      },
    });
    if (answer.kind === 'no-answer') {
      throw new Error(`the keeper of audit anchors did not answer: ${answer.reason}`);
    }
    if (answer.status >= 200 && answer.status < 300) return;
    throw new Error(`the keeper of audit anchors answered ${String(answer.status)}`);
  }

  /** It is not asked: what it keeps is brought by a person. */
  kept(): Promise<readonly AnchoredHead[]> {
    return Promise.resolve([]);
  }
}
