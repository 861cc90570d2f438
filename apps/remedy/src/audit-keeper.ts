import { AnchorAudit, SealAudit, type AuditAnchor, type Database } from '@amends/application';
import type { Metrics } from '@amends/platform';

export interface AuditKeeping {
  /** Who keeps ends of the chain outside. */
  readonly anchors: readonly AuditAnchor[];
  readonly everyMs: number;
}

/** As many as `SealAudit` takes at a time. */
const FULL = 2_000;

/** Links what was written to the audit, and hands the end of the chain to those who keep it. */
export class AuditKeeper {
  private readonly seal: SealAudit;
  private readonly anchor: AnchorAudit;

  constructor(
    private readonly database: Database,
    { anchors, everyMs }: AuditKeeping,
    private readonly metrics: Metrics,
  ) {
    this.seal = new SealAudit(database);
    this.anchor = new AnchorAudit(database, anchors, everyMs);
  }

  /** Answers whether there is more to link. */
  async turn(): Promise<boolean> {
    const count = await this.seal.execute({ rowsMax: FULL });
    this.metrics.auditLinked.inc(count);
    if (count === FULL) return true;
    try {
      await this.anchor.execute();
    } catch (error) {
      this.metrics.auditAnchorFailures.inc();
      throw error;
    } finally {
      await this.sample();
    }
    return false;
  }

  private async sample(): Promise<void> {
    const { rows } = await this.database.query<{ seconds: number }>(
      `select coalesce(extract(epoch from now() - min(at)), 0)::float8 as seconds from audit
       where seq > coalesce((select max(seq) from audit_seal), 0)`,
    );
    this.metrics.auditOldestUnlinkedSeconds.set(rows[0]?.seconds ?? 0);
  }
}
