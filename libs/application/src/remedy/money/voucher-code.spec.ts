import { voucherCode } from './voucher-code';

it('voucher codes are four groups of four symbols that cannot be misread, and never the same', () => {
  const codes = Array.from({ length: 2_000 }, voucherCode);

  expect(new Set(codes).size).toBe(codes.length);
  for (const code of codes)
    expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$/);
});
