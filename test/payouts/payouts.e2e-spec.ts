import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { useTestDatabase } from '@amends/testing';
import { Campaign } from './campaign';
import { faultsOf } from './part';

/** The short form of `npm run bench -- payouts`: the same world, for less than a minute. */
describe('payouts on a bad day', () => {
  const database = useTestDatabase();
  beforeAll(() => {
    execFileSync(process.execPath, [join(__dirname, '../../scripts/build.mjs')]);
  });

  it('guarantees 2 and 7: nothing is paid twice, nothing is lost, nothing stays unknown', async () => {
    const payouts = 600;
    const result = await Campaign.run({
      database: database(),
      payouts,
      seed: 1,
      workers: 2,
      crashes: 6,
      isBuilt: true,
      limitMs: 100_000,
    });

    expect(faultsOf(result, { payouts })).toEqual([]);
    expect(result.verdict.payouts).toBe(payouts);
  }, 120_000);
});
