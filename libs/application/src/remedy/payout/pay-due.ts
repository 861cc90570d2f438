import type { Remedy } from '../remedy';
import { PayoutLane } from './payout-lane';
import { preparePayout } from './prepare-payout';

const STRAYS_MAX = 8;

/** Every provider's lane, and what waits for a provider that is not set up any more. */
export class PayDue {
  readonly lanes: readonly PayoutLane[];

  constructor(private readonly remedy: Remedy) {
    this.lanes = remedy.providers.all.map((provider) => new PayoutLane(remedy, provider));
  }

  /** One look of every lane, to its end: how many payouts were worked on. */
  async execute(): Promise<number> {
    const started = await Promise.all(this.lanes.map((lane) => lane.turn()));
    await Promise.all(this.lanes.map((lane) => lane.settled()));
    const asked = await Promise.all(this.lanes.map((lane) => lane.ask()));
    const counts = [...started, ...asked, await this.strays()];
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** Says of what no lane works on that nobody does, and puts it off; how many there were. */
  async strays(): Promise<number> {
    const { database } = this.remedy;
    const { rows } = await database.query<{ id: string }>(
      `select id from compensation
       where state in ('reserved', 'sending', 'unknown') and next_attempt_at <= now()
         and (provider is null or provider <> all($1))
       order by next_attempt_at limit ${String(STRAYS_MAX)}`,
      [this.lanes.map(({ name }) => name)],
    );
    for (const { id } of rows) {
      await database.transaction((sql) => preparePayout(sql, this.remedy, id));
    }
    return rows.length;
  }
}
