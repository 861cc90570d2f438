import {
  MessageRenderer,
  type MessageFacts,
  type RenderedMessage,
  type Rendering,
} from '@amends/application';
import type { JsonObject } from '@amends/domain';
import type { Liquid } from 'liquidjs';
import { chooseLocale, type ChosenLocale } from './choose-locale';
import { htmlEngine, parseCached, READER, textEngine } from './liquid-engine';
import { messageScope } from './message-scope';
import { oneLine, textAsHtml } from './plain-text';
import { CHANNEL_PARTS, type TemplateChannel, type TemplateDocument } from './template-document';

/** Renders a template for one customer; never throws for what stands in template or facts. */
export function renderTemplate(
  document: TemplateDocument,
  channel: string,
  facts: MessageFacts,
): Rendering {
  if (!isChannel(channel)) return { ok: false, reason: 'templates have no words for this channel' };
  const chosen = chooseLocale(document, channel, facts);
  if (!chosen) return { ok: false, reason: 'the template says nothing by this channel' };
  try {
    return { ok: true, message: renderChosen(chosen, channel, facts) };
  } catch (error) {
    return { ok: false, reason: `template ${document.id} (${chosen.locale}): ${whatOf(error)}` };
  }
}

function renderChosen(
  { locale, template, reader }: ChosenLocale,
  channel: TemplateChannel,
  facts: MessageFacts,
): RenderedMessage {
  const scope = messageScope(facts, reader);
  const render = (engine: Liquid, source: string): string =>
    String(
      engine.renderSync(parseCached(engine, source), scope, { globals: { [READER]: reader } }),
    ).trim();
  if (channel === 'sms') {
    return { locale, subject: '', text: render(textEngine, template.sms?.text ?? ''), html: null };
  }
  const { subject = '', text = '', html } = template.email ?? {};
  const plain = render(textEngine, text);
  return {
    locale,
    subject: oneLine(render(textEngine, subject)),
    text: plain,
    html: html === undefined ? textAsHtml(plain) : render(htmlEngine, html),
  };
}

/** LiquidJS quotes the source after a line end; the first line says it all. */
function whatOf(error: unknown): string {
  const message = error instanceof Error ? error.message : 'cannot be rendered';
  return message.split('\n')[0] ?? message;
}

function isChannel(name: string): name is TemplateChannel {
  return Object.hasOwn(CHANNEL_PARTS, name);
}

/** The renderer that remedy is given. */
export class LiquidMessageRenderer extends MessageRenderer {
  render(document: JsonObject, channel: string, facts: MessageFacts): Rendering {
    return renderTemplate(document as unknown as TemplateDocument, channel, facts);
  }
}
