import {
  EventSink,
  noProbe,
  type AppendOptions,
  type AppendVerdict,
  type IncomingEvent,
  type StepProbe,
  type Topics,
  type Wake,
} from '@amends/application';
import { inTransaction, sqlState } from '@amends/persistence';
import type { Pool } from 'pg';
import { appendToLog } from './append-to-log';
import type { LogEntry } from './log-entry';
import { GroupCommit } from './group-commit';

export interface LogEventSinkOptions {
  readonly pool: Pool;
  readonly topics: Topics;
  readonly wake?: Wake;
  readonly probe?: StepProbe;
}

/** Larger groups hold the heads of the partitions for longer than they save. */
const GROUP_EVENTS_MAX = 2_000;

/**
 * Appends to the log in PostgreSQL. Requests that arrive together share one transaction; what is
 * answered `accepted` has been committed synchronously.
 */
export class LogEventSink extends EventSink {
  private readonly group: GroupCommit<LogEntry, AppendVerdict>;

  constructor(private readonly options: LogEventSinkOptions) {
    super();
    this.group = new GroupCommit(
      (entries) => this.commit(entries),
      GROUP_EVENTS_MAX,
      (error) => isAboutData(error),
    );
  }

  append(events: readonly IncomingEvent[], { history }: AppendOptions): Promise<AppendVerdict[]> {
    return this.group.submit(events.map((incoming) => ({ ...incoming, history })));
  }

  private async commit(entries: readonly LogEntry[]): Promise<AppendVerdict[]> {
    const { pool, topics, wake, probe = noProbe } = this.options;
    const verdicts = await inTransaction(
      pool,
      async (client) => {
        const answers = await appendToLog(client, topics, entries);
        probe('ingest.before-commit');
        return answers;
      },
      { synchronousCommit: 'on' },
    );
    probe('ingest.after-commit');
    wake?.signal('log');
    return verdicts;
  }
}

/** Data exceptions (22), constraints (23) and limits (54) are about one row; others about us. */
function isAboutData(error: unknown): boolean {
  return ['22', '23', '54'].includes(sqlState(error)?.slice(0, 2) ?? '');
}
