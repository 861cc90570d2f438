import { pickLanguage } from './language';
import { invalidRuleProblem, makeProblem } from './make-problem';
import { PROBLEMS } from './problem-catalogue';

describe('pickLanguage', () => {
  it.each([
    [undefined, 'en'],
    ['', 'en'],
    ['*', 'en'],
    ['zh', 'zh'],
    ['zh-Hant-TW', 'zh'],
    ['ZH-cn,en;q=0.8', 'zh'],
    ['en-GB,zh;q=0.9', 'en'],
    ['fr, zh;q=0.5, en;q=0.4', 'zh'],
    ['fr', 'en'],
    ['zh;q=0', 'en'],
    ['en;q=0.1, zh;q=0.2', 'zh'],
    ['zh;q=nonsense, en;q=0.1', 'en'],
    [`${'x,'.repeat(1_000_000)}zh`, 'en'],
  ])('%.40s asks for %s', (header, language) => {
    expect(pickLanguage(header)).toBe(language);
  });
});

describe('problems', () => {
  it('has a title in both languages and an error status for every code', () => {
    for (const { status, title } of Object.values(PROBLEMS)) {
      expect(status).toBeGreaterThanOrEqual(400);
      expect(title.en).not.toBe('');
      expect(title.zh).toMatch(/\p{Script=Han}/u);
    }
  });

  it('leaves out what is not known', () => {
    expect(makeProblem('not_found', { language: 'en' })).toEqual({
      type: '/problems/not-found',
      title: 'Not found',
      status: 404,
      code: 'not_found',
      retryable: false,
    });
  });

  it('answers a wrong rule as the contract shows it', () => {
    const problems = [
      {
        pointer: '/detect/where/data.lateness',
        code: 'unknown_field',
        message: { en: 'no such field', zh: '没有这个字段' },
        hint: { en: 'did you mean late?', zh: '是否指 late？' },
      },
      {
        pointer: '/detect/let/late',
        code: 'cel_syntax',
        message: { en: 'syntax', zh: '语法错误' },
        position: { from: 3, to: 4 },
      },
    ];
    const details = {
      language: 'zh' as const,
      requestId: 'req_7Q',
      instance: '/v1/rules/late-delivery',
    };
    expect(invalidRuleProblem(problems, details)).toEqual({
      type: '/problems/invalid-rule',
      title: '规则有 2 处错误',
      status: 422,
      code: 'invalid_rule',
      instance: '/v1/rules/late-delivery',
      request_id: 'req_7Q',
      retryable: false,
      errors: [
        {
          pointer: '/detect/where/data.lateness',
          code: 'unknown_field',
          message: '没有这个字段',
          hint: '是否指 late？',
        },
        {
          pointer: '/detect/let/late',
          code: 'cel_syntax',
          message: '语法错误',
          position: { from: 3, to: 4 },
        },
      ],
    });
  });
});
