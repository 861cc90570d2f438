import { attemptKey } from '../payout/attempt-rows';
import { compensationView, contentHash } from './compensation';

describe('a compensation', () => {
  const content = {
    incidentId: 'inc_1',
    unit: 0,
    customerId: 'c',
    kind: 'refund' as const,
    money: { minor: 500n, currency: 'EUR' },
    payment: 'p',
    orderId: null,
  };

  it('guarantee 2: has another content hash whenever anything an approval is about changes', () => {
    const others = [
      { ...content, money: { minor: 501n, currency: 'EUR' } },
      { ...content, money: { minor: 500n, currency: 'USD' } },
      { ...content, payment: 'q' },
      { ...content, customerId: 'd' },
      { ...content, kind: 'credit' as const },
      { ...content, unit: 1 },
    ];

    const hashes = [content, ...others].map(contentHash);
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(contentHash({ ...content })).toBe(hashes[0]);
  });

  it('is paid under a key that every provider takes', () => {
    const key = attemptKey('cmp_01JABCDEFGHJKMNPQRSTVWXYZ0', 12, 45);

    expect(key).toMatch(/^[A-Za-z0-9_-]{10,45}$/);
  });

  it('is shown in the words of the REST contract', () => {
    expect(
      (
        ['proposed', 'awaiting_approval', 'sending', 'settled', 'withdrawn', 'unknown'] as const
      ).map(compensationView),
    ).toEqual(['paying', 'review', 'paying', 'paid', 'rejected', 'unknown']);
  });
});
