import type { AuditAnchor } from '@amends/application';
import { parseWebhookAddress } from '../refund/webhook-address';
import { FileAnchor } from './file-anchor';
import { WebhookAnchor } from './webhook-anchor';

export interface AnchorSettings {
  /** A file that lines are added to. */
  readonly path?: string | undefined;
  readonly url?: string | undefined;
  readonly secret?: string | undefined;
}

/** Who keeps ends of the audit chain, as the settings name them. Throws, with a sentence for the operator, if they are wrong. */
export function createAuditAnchors({ path, url, secret }: AnchorSettings): AuditAnchor[] {
  const anchors: AuditAnchor[] = [];
  if (path !== undefined) anchors.push(new FileAnchor(path));
  if (url !== undefined) {
    if (secret === undefined) {
      throw new Error(
        'AMENDS_AUDIT_ANCHOR_URL needs AMENDS_AUDIT_ANCHOR_SECRET: requests are signed',
      );
    }
    const parsed = parseWebhookAddress(url, false);
    if (!parsed.ok) throw new Error(`AMENDS_AUDIT_ANCHOR_URL ${parsed.problem}`);
    anchors.push(new WebhookAnchor({ url: parsed.url, secret }));
  }
  return anchors;
}
