import { compileTemplate } from './compile-template';

const withText = (text: string, html?: string) => ({
  id: 't',
  locales: { en: { email: { subject: 'Sorry', text, ...(html !== undefined && { html }) } } },
});
const problemsOf = (document: unknown) => {
  const compiled = compileTemplate(document);
  return compiled.ok ? [] : compiled.problems;
};

describe('saving a template', () => {
  it('takes what is written with the variables there are', () => {
    const text =
      '{% if customer.name %}{{ customer.name }}{% endif %} {{ amount }} {{ as }} {{ arrives }} ' +
      '{{ event.data.promised_by | local_time }} {{ facts.late | round }} {{ event.data.price | money }}' +
      '{% for item in event.data.items %}{{ item.sku }}{% endfor %}{% assign x = order %}{{ x }}';

    expect(compileTemplate(withText(text, '<p>{{ amount }}</p>'))).toMatchObject({ ok: true });
  });

  it('names a variable that does not exist, where it stands, and what was meant', () => {
    const text = 'Hello,\nyou get {{ ammount }} now';
    const [problem, ...others] = problemsOf(withText(text));

    expect(others).toEqual([]);
    expect(problem).toMatchObject({
      pointer: '/locales/en/email/text',
      code: 'unknown_variable',
      message: { en: 'line 2: there is no variable "ammount"' },
    });
    expect(problem?.hint?.en).toContain('did you mean "amount"?');
    expect(problem?.hint?.en).toContain('allowed: customer.name');
    const { from = 0, to = 0 } = problem?.position ?? {};
    expect(text.slice(from, to)).toBe('ammount');
  });

  it.each([
    ['customer.email', '{{ customer.email }}'],
    ['event', '{{ event }}'],
    ['event.extension', '{{ event.extension }}'],
    ['facts', '{{ facts }}'],
    ['a variable of a condition', '{% if nobody %}x{% endif %}'],
    ['a variable of a loop', '{% for a in things %}{{ a }}{% endfor %}'],
    ['a variable of a filter', '{{ amount | append: other }}'],
  ])('refuses %s', (_name, text) => {
    expect(problemsOf(withText(text)).map(({ code }) => code)).toEqual(['unknown_variable']);
  });

  it('refuses to look a variable up by another, which nobody could check', () => {
    expect(problemsOf(withText('{{ event.data[order] }}'))).toMatchObject([
      { code: 'dynamic_variable' },
    ]);
  });

  it.each([
    ['an output that is not closed', 'a\nb {{ amount', 2],
    ['a condition that is not closed', '{% if amount %}x', 1],
    ['a tag that does not exist', 'a\n\n{% fi %}', 3],
    ['a filter that does not exist', '{{ amount | shout }}', 1],
    ['a file', '{% include "/etc/passwd" %}', 1],
    ['another template', '{% render "x" %}', 1],
    ['output that is not escaped', '{{ amount | raw }}', 1],
    ['a raw block', '{% raw %}{{ x }}{% endraw %}', 1],
  ])('refuses %s, with its line', (_name, text, line) => {
    expect(problemsOf(withText(text))).toMatchObject([
      {
        code: 'template_syntax',
        message: { en: expect.stringMatching(`^line ${String(line)}: `) as string },
      },
    ]);
  });

  it('reports all mistakes at once', () => {
    const document = {
      id: 'Not A Slug',
      colour: 'red',
      locales: {
        en: { email: { subject: 'a\nb', text: '{{ nope }}' } },
        zh: { email: { text: '{{ amount }}' }, fax: {} },
        'not a language': { sms: { text: 5 } },
      },
    };

    expect(problemsOf(document).map(({ pointer, code }) => `${pointer} ${code}`)).toEqual([
      '/colour unknown_field',
      '/id invalid_slug',
      '/locales/en/email/subject line_break',
      '/locales/zh/fax unknown_field',
      '/locales/zh/email/subject required',
      '/locales/not a language invalid_locale',
      '/locales/not a language/sms/text wrong_type',
      '/locales/en/email/text unknown_variable',
    ]);
  });

  it.each([null, 5, 'text', [], {}, { id: 't', locales: {} }, { id: 't', locales: { en: {} } }])(
    'answers %j with what is missing',
    (document) => {
      expect(problemsOf(document).length).toBeGreaterThan(0);
    },
  );

  it('bounds the length of a part', () => {
    expect(problemsOf(withText('x'.repeat(20_001)))).toMatchObject([{ code: 'too_long' }]);
    expect(problemsOf(withText('x'.repeat(20_000)))).toEqual([]);
  });
});
