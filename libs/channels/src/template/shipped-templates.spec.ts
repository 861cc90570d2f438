import { type MessageFacts } from '@amends/application';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { compileTemplate } from './compile-template';
import { renderTemplate } from './render-template';
import type { TemplateDocument } from './template-document';

const RULES = resolve(__dirname, '../../../../rules');
const FOLDER = join(RULES, 'templates');
const IDS = readdirSync(FOLDER).map((file) => file.replace(/\.yaml$/, ''));
const read = (id: string) =>
  parse(readFileSync(join(FOLDER, `${id}.yaml`), 'utf8')) as TemplateDocument;

/** Words that shift the blame or hide behind rules. */
const EXCUSES =
  /unfortunately|policy|inconvenience|circumstances|unforeseen|due to (?:high|an?)|政策|不可抗力|高峰期|给您带来的不便/i;

const BARE: MessageFacts = {
  customer: { id: 'c', name: null, locale: 'en', timeZone: null },
  payout: {
    money: { minor: 1811n, currency: 'BRL' },
    kind: 'credit',
    arrives: null,
    voucher: null,
  },
  orderId: null,
  incident: { id: 'inc_1', atMs: 0, event: { type: 'x', data: {} }, facts: {} },
  ruleTitle: 'Late',
  brand: { senderName: 'Shop', locale: 'en', timeZone: 'UTC' },
};

describe('the shipped templates', () => {
  it('are there for every example rule', () => {
    const named = readdirSync(RULES)
      .filter((file) => file.endsWith('.yaml'))
      .map(
        (file) =>
          parse(readFileSync(join(RULES, file), 'utf8')) as { message?: { template: string } },
      )
      .flatMap(({ message }) => message?.template ?? []);

    expect(IDS).toEqual(expect.arrayContaining([...new Set(named), 'goodwill']));
  });

  it.each(IDS)('%s has no mistake, in English and Chinese, by e-mail and SMS', (id) => {
    const document = read(id);

    expect(compileTemplate(document)).toEqual({ ok: true, document });
    expect(document.id).toBe(id);
    for (const locale of ['en', 'zh']) {
      expect(Object.keys(document.locales[locale] ?? {})).toEqual(['email', 'sms']);
    }
  });

  it.each(IDS.flatMap((id) => [[id, 'en'] as const, [id, 'zh-CN'] as const]))(
    '%s reads well (%s) of an event that says next to nothing, and makes no excuses',
    (id, locale) => {
      const facts = { ...BARE, customer: { ...BARE.customer, locale } };
      for (const channel of ['email', 'sms']) {
        const rendering = renderTemplate(read(id), channel, facts);

        if (!rendering.ok) throw new Error(rendering.reason);
        const { subject, text } = rendering.message;
        expect(`${subject}\n${text}`).not.toMatch(EXCUSES);
        expect(text).not.toMatch(/\{\{|\{%|undefined|\[object| {2,}|\n{3,}|^\s|,,|，，/);
        expect(text).toContain('Shop');
        if (id !== 'aftercare') expect(text).toContain('18.11 BRL');
      }
    },
  );

  it.each(IDS.filter((id) => id !== 'aftercare'))('%s is not sent without its sum', (id) => {
    expect(renderTemplate(read(id), 'email', { ...BARE, payout: null }).ok).toBe(false);
  });
});
