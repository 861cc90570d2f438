/** What is said by e-mail. */
export interface EmailTemplate {
  readonly subject: string;
  readonly text: string;
  /** Made from the text unless given. */
  readonly html?: string;
}

export interface SmsTemplate {
  readonly text: string;
}

/** What is said in one language, per channel. */
export interface LocaleTemplate {
  readonly email?: EmailTemplate;
  readonly sms?: SmsTemplate;
}

/** A template as it is stored under `/templates/{id}`. */
export interface TemplateDocument {
  readonly id: string;
  readonly kind?: 'Template';
  readonly title?: string;
  readonly locales: Readonly<Record<string, LocaleTemplate>>;
}

export const CHANNEL_PARTS = {
  email: ['subject', 'text', 'html'],
  sms: ['text'],
} as const;

export type TemplateChannel = keyof typeof CHANNEL_PARTS;

/** What a channel cannot do without. */
export const REQUIRED_PARTS: Readonly<Record<TemplateChannel, readonly string[]>> = {
  email: ['subject', 'text'],
  sms: ['text'],
};

/** Longest source of one part. Long enough for any letter; a bound for the parser. */
export const PART_LENGTH_MAX = 20_000;
export const LOCALES_MAX = 50;
