import type { Settings } from '../../settings/settings-document';

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
