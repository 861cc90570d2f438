import { scrub } from './scrub';

describe('scrub', () => {
  it.each([
    ['Authorization: Bearer abc.def-123', 'Authorization: Bearer [secret]'],
    ['postgres://amends:pa55@db:5432/x', 'postgres://[secret]@db:5432/x'],
    ['whsec_c2VjcmV0c2VjcmV0', 'whsec_[secret]'],
    ['{"password":"hunter2"}', '{"password":"[secret]"}'],
    ['to li.na@example.co.uk failed', 'to [e-mail] failed'],
    ['nothing to hide', 'nothing to hide'],
  ])('%j becomes %j', (text, clean) => {
    expect(scrub(text)).toBe(clean);
  });

  it('cuts what is long, and says how long it was', () => {
    expect(scrub('x'.repeat(10_000))).toMatch(/^x{500}… \(10000 characters\)$/);
  });
});
