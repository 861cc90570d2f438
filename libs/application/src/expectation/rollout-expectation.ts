import type { History } from '../history/history';
import type { Database } from '../queries/sql';
import type { LiveLane } from '../rules/rollout-rows';
import { findExpectation, readExpectation, type ExpectationParts } from './expectation';
import { expectedPerDay, type ExpectedPerDay } from './expected-per-day';

/** Whoever sets a rollout waits for the answer; with more history it is played in the background. */
const PLAY_MS = 5_000;

/** What a rollout is expected to bring, by the history of the days before it. */
export class RolloutExpectation {
  private readonly parts: ExpectationParts;

  constructor(
    private readonly database: Database,
    history: History,
    private readonly onFault: (ruleId: string, error: unknown) => void,
  ) {
    this.parts = { database, history, onFault, playMs: PLAY_MS };
  }

  /** Plays history, unless that was done. Throws never: what was set is set, whatever this says. */
  async play(ruleId: string, live: LiveLane | null): Promise<ExpectedPerDay | null> {
    if (live === null) return null;
    try {
      const expectation = await readExpectation(this.parts, ruleId, live.version);
      return expectedPerDay(expectation, live.percent) ?? null;
    } catch (error) {
      this.onFault(ruleId, error);
      return null;
    }
  }

  /** What is known already; null: nothing yet, or it is off. */
  async find(ruleId: string, live: LiveLane | null): Promise<ExpectedPerDay | null> {
    if (live === null) return null;
    const expectation = await findExpectation(this.database, ruleId, live.version);
    return (expectation && expectedPerDay(expectation, live.percent)) ?? null;
  }
}
