import type { RuleDocument } from '../rule-document';
import type { LimitEntry } from '../limits';
import { bucket } from '../rollout';
import { formatMoney } from '../values';
import {
  assess,
  type Assessment,
  type DecisionIncident,
  type Open,
  type SkipLookup,
} from './assess';
import { compileDecision } from './compile-decision';
import { type Conclusion, conclude } from './conclude';

const AT_MS = Date.parse('2026-03-01T00:00:00Z');
const document: RuleDocument = {
  kind: 'Rule',
  id: 'late-delivery',
  title: 'Parcel later than promised',
  labels: { team: 'delivery' },
  detect: {
    type: 'event',
    event: 'delivery.delivered',
    by: 'data.order_id',
    let: { late: 'minutes(data.delivered_at, data.promised_at)' },
  },
  skip_if: [
    { event: 'refund.issued', same: 'data.order_id', over: '90d', where: { 'data.full': true } },
  ],
  pay: {
    as: 'credit',
    amount: {
      bands: 'late',
      steps: [
        { from: 10, pay: '4.00 CNY' },
        { from: 30, pay: '13.00 CNY' },
      ],
    },
    approve_over: '12.00 CNY',
  },
  limits: [
    { times: 1, per: 'data.order_id', across: 'team=delivery', then: 'skip' },
    { total: '40.00 CNY', per: 'customer', over: '90d', then: 'trim' },
  ],
};
const rule = compileDecision(document);
const incident: DecisionIncident = {
  ruleId: document.id,
  version: 1,
  customerId: 'c1',
  atMs: AT_MS,
  event: { customerid: 'c1', data: { order_id: 'o1' } },
  vars: {},
  facts: { late: 34 },
};
const miss: SkipLookup[] = [{ index: 0, hit: false }];
const number = bucket('late-delivery', 'c1');

function decide(
  changes: Partial<RuleDocument>,
  of: Partial<DecisionIncident> = {},
  skip = miss,
  percent = 100,
): Assessment {
  return assess(
    compileDecision({ ...document, ...changes }),
    { ...incident, ...of },
    skip,
    percent,
  );
}

function finish(assessment: Assessment, usages: LimitEntry[][]): Conclusion {
  if (assessment.kind === 'end') throw new Error(assessment.reason);
  return conclude(assessment, usages);
}

const paid = (minor: bigint): LimitEntry => ({ atMs: AT_MS - 1000, minor, currency: 'CNY' });
const sum = ({ outcome, money }: Conclusion): string =>
  `${outcome} ${money ? formatMoney(money) : 'a word'}`;

describe('semantics 5: order of decision', () => {
  it('is skip_if, amount, rollout bucket, limits, approve_over, each with its line of why', () => {
    const { why } = finish(assess(rule, incident, miss, 100), [[], [paid(2600n)]]);
    expect(why).toEqual([
      { skip_if: 0, hit: false },
      { band: 30, pay: '13.00 CNY' },
      { rollout: `bucket ${number} of 100 < 100`, ok: true },
      { limit: 0, used: 0, left: 1, ok: true },
      { limit: 1, used: '26.00', left: '14.00', ok: true },
      { approval: '13.00 > 12.00', needed: true },
    ]);
  });

  it('ends with skip_if before any amount is looked at', () => {
    expect(decide({}, { facts: {} }, [{ index: 0, hit: true }])).toEqual({
      kind: 'end',
      outcome: 'skipped',
      reason: 'already put right',
      why: [{ skip_if: 0, hit: true }],
    });
  });

  it('held out ends before the limits, and uses none up', () => {
    const held = decide({}, {}, miss, number);
    expect(held).toMatchObject({ kind: 'end', outcome: 'held_out' });
    expect(held.why.at(-1)).toEqual({ rollout: `bucket ${number} of 100 >= ${number}`, ok: false });
    expect(decide({}, {}, miss, number + 1).kind).toBe('open');
    expect(decide({}, {}, miss, 0)).toMatchObject({ outcome: 'held_out' });
  });

  it('the amount comes before the bucket: what can not be decided is not held out', () => {
    expect(decide({}, { facts: {} }, miss, 0)).toMatchObject({
      kind: 'end',
      outcome: 'undecidable',
      reason: 'late',
    });
  });

  it('approve_over is compared with what the limits leave', () => {
    const open = assess(rule, incident, miss, 100);
    expect(open).toMatchObject({ kind: 'open', needsApproval: true });
    expect(sum(finish(open, [[], [paid(2_800n)]]))).toBe('pay 12.00 CNY');
    expect(sum(finish(open, [[], [paid(2_799n)]]))).toBe('review 12.01 CNY');
  });
});

describe('what is decided', () => {
  it('below the lowest band: an incident without compensation, which no limit counts', () => {
    expect(decide({}, { facts: { late: 5 } })).toMatchObject({ kind: 'end', outcome: 'nothing' });
    expect(decide({}, { facts: { late: 5 } }, miss, 0)).toMatchObject({ outcome: 'held_out' });
  });

  it('an apology alone passes skip_if, bucket and limits, and is counted', () => {
    const word = { pay: { as: 'nothing' } } as const;
    expect(decide(word, {}, [{ index: 0, hit: true }])).toMatchObject({ outcome: 'skipped' });
    expect(decide(word, {}, miss, 0)).toMatchObject({ outcome: 'held_out' });
    const open = decide(word);
    expect(sum(finish(open, [[], []]))).toBe('pay a word');
    expect(finish(open, [[], []]).reserve).toHaveLength(2);
    expect(finish(open, [[paid(1n)], []])).toMatchObject({ outcome: 'skipped', reason: 'limit 0' });
  });

  it('a limit that skips reserves nothing', () => {
    expect(finish(decide({}), [[paid(1n)], []])).toMatchObject({
      outcome: 'skipped',
      reason: 'limit 0',
      money: null,
      reserve: [],
    });
  });

  it('what goes to review reserves as what is paid does', () => {
    const { outcome, reason, reserve } = finish(decide({}), [[], []]);
    expect([outcome, reason]).toEqual(['review', 'approve_over']);
    expect(reserve).toEqual([
      { scope: 'label:team=delivery', per: 'data.order_id', subject: '"o1"' },
      { scope: 'rule:late-delivery', per: 'customer', subject: 'c1' },
    ]);
  });

  it('two limits over one subject share its entry', () => {
    const limits = [
      { times: 1, per: 'customer', over: '7d', then: 'skip' },
      { times: 2, per: 'customer', over: '90d', then: 'skip' },
    ] as const;
    expect(finish(decide({ limits }), [[], []]).reserve).toHaveLength(1);
  });

  it('a skip_if whose path is absent in the incident: review, unless another one hits', () => {
    const absent = { index: 0, hit: 'absent' } as const;
    const open = decide({}, {}, [absent]);
    expect(open).toMatchObject({ kind: 'open', review: 'skip_if 0: same absent' });
    expect(finish(open, [[], []])).toMatchObject({
      outcome: 'review',
      reason: 'skip_if 0: same absent',
    });
    expect(decide({}, {}, [absent, { index: 1, hit: true }])).toMatchObject({ outcome: 'skipped' });
  });

  it('a currency that is not covered goes to review, and a limit may still skip it', () => {
    const pay = { as: 'credit', amount: { fixed: ['5.00 EUR'] } } as const;
    const open = decide({ pay }, { customerCurrency: 'USD' });
    expect(sum(finish(open, [[], []]))).toBe('review a word');
    expect(finish(open, [[], []]).reason).toBe('currency_not_covered');
    expect(finish(open, [[paid(1n)], []]).outcome).toBe('skipped');
    expect(sum(finish(decide({ pay }, { customerCurrency: 'EUR' }), [[], []]))).toBe(
      'review 5.00 EUR',
    );
  });

  it('units are settled as one sum, on which limits work once', () => {
    const pay = { as: 'credit', amount: { fixed: '3.00 CNY' }, settle: 'end' } as const;
    const open = decide({ pay }, { units: 20n });
    expect(open).toMatchObject({ money: { minor: 6000n, currency: 'CNY' } });
    expect(sum(finish(open, [[], []]))).toBe('pay 40.00 CNY');
  });

  it('asks for the entries of each limit, in list order', () => {
    expect(
      (decide({}) as Open).limits.map(({ per, subject, overMs }) => [per, subject, overMs]),
    ).toEqual([
      ['data.order_id', '"o1"', null],
      ['customer', 'c1', 90 * 86_400_000],
    ]);
  });
});

describe('a compiled decision', () => {
  it('says what skip_if looks for', () => {
    const [skip] = rule.skips;
    expect(skip).toMatchObject({ index: 0, event: 'refund.issued', overMs: 90 * 86_400_000 });
    expect(skip?.readSame(incident)).toBe('o1');
    const refund = { data: { order_id: 'o1', full: true } };
    expect(skip?.where?.test({ event: refund, vars: {}, facts: {} })).toBe('true');
  });

  it('reads the payment that a refund goes back to', () => {
    const pay = {
      as: 'refund',
      payment: 'data.payment_id',
      amount: { fixed: '1.00 EUR' },
    } as const;
    const refund = compileDecision({ ...document, pay });
    expect(refund.readPayment?.({ ...incident, event: { data: { payment_id: 'p1' } } })).toBe('p1');
    expect(rule.readPayment).toBeUndefined();
  });

  it('keeps no state: the same incident is decided the same, again and again', () => {
    const once = JSON.stringify(finish(decide({}), [[], []]), (_, v: unknown) =>
      typeof v === 'bigint' ? String(v) : v,
    );
    for (let i = 0; i < 3; i += 1) {
      const again = JSON.stringify(finish(decide({}), [[], []]), (_, v: unknown) =>
        typeof v === 'bigint' ? String(v) : v,
      );
      expect(again).toBe(once);
    }
  });
});
