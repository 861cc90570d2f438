import type { MessageFacts } from '@amends/application';
import { previewTemplate } from './preview-template';
import { renderTemplate } from './render-template';
import { smsSegments } from './sms-segments';
import type { TemplateDocument } from './template-document';

const FACTS: MessageFacts = {
  customer: { id: 'c1', name: 'Ana', locale: 'en', timeZone: 'Asia/Shanghai' },
  payout: {
    money: { minor: 123_450n, currency: 'BRL' },
    kind: 'credit',
    arrives: null,
    voucher: null,
  },
  orderId: '8812',
  incident: {
    id: 'inc_1',
    atMs: Date.parse('2026-03-01T16:00:00Z'),
    event: {
      type: 'delivery.promised',
      time: '2026-03-01T15:30:00Z',
      data: { html: '<b>&', price: { value: '0.1', currency: 'JPY' }, gone: null },
    },
    facts: { late: 34 },
  },
  ruleTitle: 'Late',
  brand: { senderName: 'Shop', locale: 'en', timeZone: 'UTC' },
};

const email = (text: string, html?: string): TemplateDocument => ({
  id: 't',
  locales: { en: { email: { subject: 'S', text, ...(html !== undefined && { html }) } } },
});
function say(text: string, facts = FACTS): string {
  const rendering = renderTemplate(email(text), 'email', facts);
  if (!rendering.ok) throw new Error(rendering.reason);
  return rendering.message.text;
}

describe('writing a message', () => {
  it.each([
    ['the exact sum with its code', '{{ amount }}', '1,234.50 BRL'],
    ['by which means', '{{ as }}', 'credit in your wallet'],
    ['when it arrives', '{{ arrives }}', 'in your wallet now'],
    [
      "a time in the customer's own zone",
      '{{ event.time | local_time }}',
      'March 1, 2026 at 11:30 PM',
    ],
    [
      'a day in it',
      '{{ incident.at }} {{ event.time | local_date }}',
      'March 2, 2026 at 12:00 AM March 1, 2026',
    ],
    ['what is no time as it stands', '{{ order | local_time }}', '8812'],
    ['a fact', '{{ facts.late }} min', '34 min'],
    [
      'order, brand, rule',
      '{{ order }} {{ brand.sender_name }} {{ rule.title }}',
      '8812 Shop Late',
    ],
    ['money of an event, in whole yen', '{{ event.data.price | money }}', '0 JPY'],
  ])('says %s', (_name, text, expected) => {
    // Node puts a narrow no-break space before AM and PM.
    expect(say(text).replaceAll('\u202f', ' ')).toBe(expected);
  });

  it.each([
    ['de-DE', '1,234.50 BRL', 'the words are English, so the figures are too'],
    ['en-IN', '1,234.50 BRL', 'English as in India'],
  ])('writes sums for %s: %s (%s)', (locale, expected) => {
    expect(say('{{ amount }}', { ...FACTS, customer: { ...FACTS.customer, locale } })).toBe(
      expected,
    );
  });

  it('never takes a sum through a double', () => {
    const money = { minor: 9_007_199_254_740_993_01n, currency: 'EUR' };
    const facts = { ...FACTS, payout: { ...FACTS.payout!, money } };

    expect(say('{{ amount }}', facts)).toBe('9,007,199,254,740,993.01 EUR');
  });

  it.each([
    ['2026-03-05', 'by March 5, 2026'],
    ['2026-03-05T20:00:00Z', 'by March 6, 2026'],
    ['within the hour', 'within the hour'],
    ['x'.repeat(61), 'in your wallet now'],
  ])('says when it arrives as the provider told: %s', (arrives, expected) => {
    const facts = { ...FACTS, payout: { ...FACTS.payout!, arrives } };

    expect(say('{{ arrives }}', facts)).toBe(expected);
  });

  it.each([
    ['zh-CN', 'zh', ['zh', 'en']],
    ['zh-CN', 'zh-CN', ['zh', 'zh-CN', 'en']],
    ['zh-Hant-TW', 'zh-Hant', ['zh', 'zh-Hant', 'en']],
    ['fr', 'de', ['en', 'de']],
    ['no_such_tag!', 'de', ['en', 'de']],
    [null, 'de', ['de', 'en']],
    ['fr', 'en', ['en', 'zh']],
    ['fr', 'zh', ['zh']],
  ])('of %s takes %s of %j', (locale, expected, offered) => {
    const brand = { ...FACTS.brand, locale: offered.includes('de') ? 'de-DE' : 'en' };
    const document = {
      id: 't',
      locales: Object.fromEntries(
        offered.map((name) => [name, { email: { subject: name, text: name } }]),
      ),
    };
    const facts = { ...FACTS, brand, customer: { ...FACTS.customer, locale } };

    const rendering = renderTemplate(document, 'email', facts);
    expect(rendering.ok && rendering.message.locale).toBe(expected);
  });

  it('escapes whatever is put into HTML, and makes HTML of text where there is none', () => {
    const rendering = renderTemplate(
      email('{{ event.data.html }}\n\nsecond', '<p title="x">{{ event.data.html }}</p>'),
      'email',
      FACTS,
    );
    const plain = renderTemplate(email('a {{ event.data.html }}\nb\n\nc'), 'email', FACTS);

    expect(rendering.ok && rendering.message).toMatchObject({
      text: '<b>&\n\nsecond',
      html: '<p title="x">&lt;b&gt;&amp;</p>',
    });
    expect(plain.ok && plain.message.html).toBe('<p>a &lt;b&gt;&amp;<br>\nb</p>\n<p>c</p>');
  });

  it.each([
    ['a field that the event lacks', '{{ event.data.absent }}'],
    ['one that is null', '{{ event.data.gone }}'],
    ['what every object inherits', '{{ event.data.constructor }}'],
    ['a loop without end', '{% for i in (1..100000000) %}x{% endfor %}'],
  ])('fails, and says why, for %s', (_name, text) => {
    const rendering = renderTemplate(email(text), 'email', FACTS);

    expect(rendering).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/^template t \(en\): /) as string,
    });
  });

  it('lets a template ask whether a field is there', () => {
    expect(
      say('{% if event.data.absent %}a{% else %}b{% endif %}{{ event.data.gone | default: "c" }}'),
    ).toBe('bc');
  });

  it('keeps a subject to one line, however it is filled', () => {
    const document: TemplateDocument = {
      id: 't',
      locales: { en: { email: { subject: 'Order {{ order }}', text: 'x' } } },
    };
    const facts = { ...FACTS, orderId: 'a\r\nBcc: x@y.z\u202egnp' };
    const rendering = renderTemplate(document, 'email', facts);

    expect(rendering.ok && rendering.message.subject).toBe('Order a Bcc: x@y.z gnp');
  });
});

describe('a preview', () => {
  it('shows the message and what the facts do not have', () => {
    const text = '{{ amount }}{% if event.data.cause %} {{ event.data.cause }}{% endif %}';

    expect(previewTemplate(email(text), 'email', FACTS)).toMatchObject({
      locale: 'en',
      text: '1,234.50 BRL',
      missingVariables: ['event.data.cause'],
      reason: null,
    });
  });

  it('says why nothing can be shown', () => {
    expect(previewTemplate(email('{{ event.data.cause }}'), 'email', FACTS)).toMatchObject({
      text: null,
      missingVariables: ['event.data.cause'],
      reason: expect.stringContaining('event.data.cause') as string,
    });
    expect(previewTemplate(email('x'), 'sms', FACTS).reason).toBe(
      'the template says nothing by this channel',
    );
  });

  it.each([
    ['', 1],
    ['x'.repeat(160), 1],
    ['x'.repeat(161), 2],
    ['x'.repeat(307), 3],
    ['€'.repeat(80), 1],
    ['€'.repeat(81), 2],
    ['订'.repeat(70), 1],
    ['订'.repeat(71), 2],
  ])('counts SMS %#', (text, segments) => {
    expect(smsSegments(text)).toBe(segments);
  });
});
