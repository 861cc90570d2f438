import type { Database } from '../queries/sql';
import { Repeating } from '../wake/repeating';
import { readTopicRoutes } from './topic-routes';
import type { Topics } from './topics';

const POLL_MS = 500;

/** Keeps the topics of a process without a detector in step with the account's settings. */
export class FollowTopics {
  private generation: bigint | undefined;
  private loop: Repeating | undefined;

  constructor(
    private readonly database: Database,
    private readonly topics: Topics,
    private readonly onError: (error: unknown) => void,
  ) {}

  start(): void {
    const { onError } = this;
    this.loop = new Repeating(() => this.tick(), { everyMs: POLL_MS, onError });
  }

  async stop(): Promise<void> {
    await this.loop?.stop();
  }

  private async tick(): Promise<void> {
    const { rows } = await this.database.query<{ generation: bigint }>(
      'select generation from rule_set',
    );
    const generation = rows[0]?.generation;
    if (generation === this.generation) return;
    this.topics.follow(await readTopicRoutes(this.database));
    this.generation = generation;
  }
}
