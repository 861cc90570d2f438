import type { Database } from '../queries/sql';
import type { AuditAnchor } from './audit-anchor';
import { auditHead } from './seal-audit';

/** Hands the end of the chain to those outside who keep it. */
export class AnchorAudit {
  constructor(
    private readonly database: Database,
    private readonly anchors: readonly AuditAnchor[],
    private readonly everyMs: number,
  ) {}

  /**
   * Gives the end to every place that has not had one for long enough, unless it has this one already. Two
   * processes may give the same one twice, which does no harm. One place that fails keeps nothing from another;
   * then the first error is thrown. Answers how many were given.
   */
  async execute(): Promise<number> {
    const head = await auditHead(this.database);
    if (head === undefined) return 0;
    const errors: unknown[] = [];
    let count = 0;
    for (const anchor of this.anchors) {
      try {
        if (!(await this.isDue(anchor.place, head.seq))) continue;
        await anchor.put(head, Date.now());
        await this.note(anchor.place, head);
        count += 1;
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
    return count;
  }

  private async isDue(place: string, seq: bigint): Promise<boolean> {
    const { rows } = await this.database.query<{ due: boolean }>(
      `select seq < $2 and at <= now() - $3 * interval '1 millisecond' as due
       from audit_anchor where place = $1 order by seq desc limit 1`,
      [place, seq, this.everyMs],
    );
    return rows[0]?.due ?? true;
  }

  private async note(
    place: string,
    { seq, hash }: { readonly seq: bigint; readonly hash: Buffer },
  ): Promise<void> {
    await this.database.query(
      `insert into audit_anchor (place, seq, hash) values ($1, $2, $3) on conflict do nothing`,
      [place, seq, hash],
    );
  }
}
