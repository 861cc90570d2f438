import type { Database } from '../queries/sql';
import type { AnchoredHead, AuditAnchor } from './audit-anchor';
import { AUDIT_CONTENT, CHAIN_START, linkOf } from './audit-link';
import type { AuditHead } from './seal-audit';

export type AuditFaultCode =
  /** A row does not say what it said when it was linked, or its link was changed. */
  | 'entry_changed'
  /** A linked row is not there any more. */
  | 'entry_missing'
  /** A row was put in between rows that are linked. */
  | 'entry_inserted'
  /** The chain ends before an end that was handed out: rows were dropped, or an old copy of the database was put back. */
  | 'tail_missing'
  /** The chain is not the one whose end was handed out: it was written anew. */
  | 'anchor_mismatch';

export interface AuditFault {
  readonly seq: bigint;
  readonly code: AuditFaultCode;
  /** Who kept the end that the chain does not agree with. */
  readonly place?: string;
}

export interface AuditVerdict {
  readonly faults: readonly AuditFault[];
  /** Of which at most so many are listed. */
  readonly faultCount: number;
  /** Rows whose links were recomputed. */
  readonly checked: number;
  /** Rows that were written just now and are not linked yet. */
  readonly waiting: number;
  readonly head: AuditHead | undefined;
  /** Ends kept outside, or in the list of them, that the chain was held against. */
  readonly anchors: number;
}

interface Linked extends AuditHead {
  readonly content: string | null;
}

const PAGE = 2_000;
const FAULTS_SHOWN_MAX = 50;

/**
 * Recomputes the whole chain and holds it against every end that was handed out. All hashing is done here and not by the
 * database, so only what is kept there has to be right.
 */
export class VerifyAudit {
  private running: Promise<AuditVerdict> | undefined;

  constructor(
    private readonly database: Database,
    private readonly anchors: readonly AuditAnchor[],
  ) {}

  /** `brought`: ends that the one who asks has kept. Those who ask without any share one run. */
  async execute(brought: readonly AnchoredHead[] = []): Promise<AuditVerdict> {
    if (brought.length > 0) return this.run(brought);
    this.running ??= this.run([]).finally(() => (this.running = undefined));
    return this.running;
  }

  private async run(brought: readonly AnchoredHead[]): Promise<AuditVerdict> {
    // Before the chain: an end handed out meanwhile is not beyond it.
    const anchors = await this.knownAnchors(brought);
    const walk = new ChainWalk(anchors);
    for (;;) {
      const page = await this.readPage(walk.lastSeq);
      page.entries.forEach((entry) => {
        walk.step(entry);
      });
      if (page.isLast) break;
    }
    const waiting = await this.countAfter(walk.lastSeq);
    return walk.verdict(waiting);
  }

  private async knownAnchors(brought: readonly AnchoredHead[]): Promise<Placed[]> {
    const { rows } = await this.database.query<Placed>(
      `select 'list' as place, seq, hash from audit_anchor`,
    );
    const kept = await Promise.all(
      this.anchors.map(async (anchor) =>
        (await anchor.kept()).map((head) => ({ ...head, place: anchor.place })),
      ),
    );
    return [...rows, ...kept.flat(), ...brought.map((head) => ({ ...head, place: 'request' }))];
  }

  /** Links first: what is linked was committed before, so its rows are there to be read after them. */
  private async readPage(after: bigint): Promise<{ entries: Found[]; isLast: boolean }> {
    const { rows: links } = await this.database.query<AuditHead>(
      'select seq, hash from audit_seal where seq > $1 order by seq limit $2',
      [after, PAGE],
    );
    const last = links.at(-1);
    if (last === undefined) return { entries: [], isLast: true };
    const { rows: contents } = await this.database.query<{ seq: bigint; content: string }>(
      `select seq, ${AUDIT_CONTENT} as content from audit where seq > $1 and seq <= $2 order by seq`,
      [after, last.seq],
    );
    const bySeq = new Map(contents.map(({ seq, content }) => [seq, content]));
    const linked: Linked[] = links.map((link) => ({
      ...link,
      content: bySeq.get(link.seq) ?? null,
    }));
    const known = new Set(links.map(({ seq }) => seq));
    const loose = contents.filter(({ seq }) => !known.has(seq)).map(({ seq }) => ({ seq }));
    const entries = [...linked, ...loose].sort((a, b) => (a.seq < b.seq ? -1 : 1));
    return { entries, isLast: links.length < PAGE };
  }

  private async countAfter(seq: bigint): Promise<number> {
    const { rows } = await this.database.query<{ n: number }>(
      'select count(*)::int as n from audit where seq > $1',
      [seq],
    );
    return rows[0]?.n ?? 0;
  }
}

type Placed = AnchoredHead & { readonly place: string };
/** A link with its row, or a row without a link. */
type Found = Linked | { readonly seq: bigint };

class ChainWalk {
  private readonly faults: AuditFault[] = [];
  private faultCount = 0;
  private checked = 0;
  private head: AuditHead | undefined;
  private readonly open = new Map<bigint, Placed[]>();

  constructor(private readonly anchors: readonly Placed[]) {
    for (const anchor of anchors) {
      this.open.set(anchor.seq, [...(this.open.get(anchor.seq) ?? []), anchor]);
    }
  }

  get lastSeq(): bigint {
    return this.head?.seq ?? 0n;
  }

  step(found: Found): void {
    if (!('hash' in found)) {
      this.blame({ seq: found.seq, code: 'entry_inserted' });
      return;
    }
    const { seq, hash, content } = found;
    this.checked += 1;
    if (content === null) this.blame({ seq, code: 'entry_missing' });
    else if (!linkOf(this.head?.hash ?? CHAIN_START, content).equals(hash)) {
      this.blame({ seq, code: 'entry_changed' });
    }
    for (const anchor of this.open.get(seq) ?? []) {
      if (!anchor.hash.equals(hash)) this.blameAnchor(anchor, 'anchor_mismatch');
    }
    this.open.delete(seq);
    // The link as it stands: one change is one fault, not one for every row behind it.
    this.head = { seq, hash };
  }

  verdict(waiting: number): AuditVerdict {
    for (const anchor of [...this.open.values()].flat()) {
      this.blameAnchor(anchor, anchor.seq > this.lastSeq ? 'tail_missing' : 'anchor_mismatch');
    }
    return {
      faults: this.faults,
      faultCount: this.faultCount,
      checked: this.checked,
      waiting,
      head: this.head,
      anchors: this.anchors.length,
    };
  }

  private blameAnchor({ seq, place }: Placed, code: AuditFaultCode): void {
    this.blame({ seq, code, place });
  }

  private blame(fault: AuditFault): void {
    this.faultCount += 1;
    if (this.faults.length < FAULTS_SHOWN_MAX) this.faults.push(fault);
  }
}
