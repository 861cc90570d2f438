import type { JsonObject } from '@amends/domain';
import type { Settings } from '../../settings/settings-document';

/** A customer who belongs to a brand bears it as a tag: `brand:acme`. */
const TAG = 'brand:';

/** What says which brand a message is of: the payout, else the event, else the customer. */
export interface BrandSource {
  readonly ofPayout: string | null;
  readonly event: JsonObject | null;
  readonly tags: readonly string[];
}

export function brandOfMessage({ ofPayout, event, tags }: BrandSource): string | null {
  if (ofPayout !== null) return ofPayout;
  const data = event?.['data'];
  const isObject = typeof data === 'object' && data !== null && !Array.isArray(data);
  const named = isObject ? (data as JsonObject)['brand'] : undefined;
  if (typeof named === 'string' && named !== '') return named;
  return tags.find((tag) => tag.startsWith(TAG))?.slice(TAG.length) ?? null;
}

/** The settings with the sender of a brand; of one that they do not name, those of the account. */
export function withBrand(settings: Settings, brand: string | null): Settings {
  const own = brand !== null && Object.hasOwn(settings.brands, brand) && settings.brands[brand];
  if (!own) return settings;
  const { sender_name, sender_address } = own;
  return { ...settings, brand: { sender_name, sender_address } };
}

/** The template that a brand uses instead of another. */
export function templateOf(settings: Settings, brand: string | null, templateId: string): string {
  if (brand === null || !Object.hasOwn(settings.brands, brand)) return templateId;
  const templates = settings.brands[brand]?.templates ?? {};
  return Object.hasOwn(templates, templateId) ? (templates[templateId] ?? templateId) : templateId;
}
