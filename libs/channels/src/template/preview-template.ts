import type { MessageFacts } from '@amends/application';
import { chooseLocale } from './choose-locale';
import { parseCached, textEngine } from './liquid-engine';
import { messageScope } from './message-scope';
import { renderTemplate } from './render-template';
import { smsSegments } from './sms-segments';
import type { TemplateChannel, TemplateDocument } from './template-document';

export interface TemplatePreview {
  readonly locale: string | null;
  readonly subject: string | null;
  readonly text: string | null;
  readonly html: string | null;
  /** For SMS: how many it takes. */
  readonly segments: number | null;
  /** Variables used that these facts do not have. */
  readonly missingVariables: readonly string[];
  /** Why it could not be rendered; null when it could. */
  readonly reason: string | null;
}

/** What a customer would read, and what the template would miss. */
export function previewTemplate(
  document: TemplateDocument,
  channel: TemplateChannel,
  facts: MessageFacts,
): TemplatePreview {
  const chosen = chooseLocale(document, channel, facts);
  const rendering = renderTemplate(document, channel, facts);
  const missingVariables = chosen
    ? missing(sourcesOf(chosen.template[channel]), messageScope(facts, chosen.reader))
    : [];
  if (!rendering.ok) {
    const locale = chosen?.locale ?? null;
    const nothing = { subject: null, text: null, html: null, segments: null };
    return { locale, ...nothing, missingVariables, reason: rendering.reason };
  }
  const { locale, subject, text, html } = rendering.message;
  return {
    locale,
    subject: channel === 'sms' ? null : subject,
    text,
    html,
    segments: channel === 'sms' ? smsSegments(text) : null,
    missingVariables,
    reason: null,
  };
}

function sourcesOf(parts: object | undefined): string[] {
  return Object.values(parts ?? {}).filter((part) => typeof part === 'string');
}

function missing(sources: readonly string[], scope: Readonly<Record<string, unknown>>): string[] {
  const names = new Set<string>();
  for (const source of sources) {
    const parsed = parseCached(textEngine, source);
    for (const segments of textEngine.globalVariableSegmentsSync(parsed, { partials: false })) {
      const path = (segments as readonly unknown[]).map(String);
      if (read(scope, path) === undefined) names.add(path.join('.'));
    }
  }
  return [...names].sort();
}

function read(scope: unknown, path: readonly string[]): unknown {
  let value = scope;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return value;
}
