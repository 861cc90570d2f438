import type { ListedPayout } from '../payout/payout-provider';
import { comparePayout, type BookedPayout } from './compare-payouts';

const EUR = { minor: 700n, currency: 'EUR' };
const booked = (overrides: Partial<BookedPayout> = {}): BookedPayout => ({
  key: 'k',
  compensationId: 'cmp_1',
  money: EUR,
  state: 'succeeded',
  isRipe: true,
  ...overrides,
});
const listed = (overrides: Partial<ListedPayout> = {}): ListedPayout => ({
  providerRef: 're_1',
  key: 'k',
  money: EUR,
  status: 'succeeded',
  createdAtMs: 0,
  ...overrides,
});
const kinds = (ours: BookedPayout | undefined, ...theirs: ListedPayout[]) =>
  comparePayout(ours, 'k', theirs).map(({ kind }) => kind);

describe('our books against the list of a provider', () => {
  it('agree where both say the same', () => {
    expect(kinds(booked(), listed())).toEqual([]);
    expect(kinds(booked(), listed({ status: 'pending' }))).toEqual([]);
    expect(kinds(booked({ state: 'failed' }), listed({ status: 'failed' }))).toEqual([]);
    expect(kinds(booked({ state: 'failed' }))).toEqual([]);
    expect(kinds(undefined, listed({ status: 'failed' }))).toEqual([]);
  });

  it('agree where one failed and was paid under the same key after all', () => {
    expect(kinds(booked(), listed({ status: 'failed' }), listed())).toEqual([]);
  });

  it.each<[string, BookedPayout | undefined, ListedPayout[], string[]]>([
    ['is not in the list', booked(), [], ['missing_there']],
    ['may be on its way into the list', booked({ isRipe: false }), [], []],
    ['failed there', booked(), [listed({ status: 'failed' })], ['failed_there']],
    ['was paid though it had failed', booked({ state: 'failed' }), [listed()], ['missing_here']],
    ['is not known here', undefined, [listed()], ['missing_here']],
    ['is another sum', booked(), [listed({ money: { ...EUR, minor: 701n } })], ['other_amount']],
    [
      'is another currency',
      booked(),
      [listed({ money: { ...EUR, currency: 'USD' } })],
      ['other_currency'],
    ],
    ['was paid twice', booked(), [listed(), listed({ providerRef: 're_2' })], ['doubled']],
  ])('differ where it %s', (_what, ours, theirs, expected) => {
    expect(kinds(ours, ...theirs)).toEqual(expected);
  });

  it.each(['created', 'sent', 'unknown'] as const)(
    'do not differ about what is open here (%s): the list answers it',
    (state) => {
      expect(kinds(booked({ state }))).toEqual([]);
      expect(kinds(booked({ state }), listed())).toEqual([]);
      expect(kinds(booked({ state }), listed(), listed({ providerRef: 're_2' }))).toEqual([
        'doubled',
      ]);
    },
  );
});
