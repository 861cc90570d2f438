import type { Pool } from 'pg';
import type { Death, Member, Role } from '../world/world';

interface Waiting {
  readonly member: Member;
  readonly atMs: number;
  readonly how: string;
  /** What had been acknowledged when it died, by topic and partition. */
  readonly ends: ReadonlyMap<string, bigint>;
  /** The last decision that was waiting when it died. */
  lastDecision: bigint | undefined;
  /** Nothing else went wrong meanwhile: it did not die again, and what it stands on held. */
  isAlone: boolean;
}

export interface Recovered {
  readonly role: Role;
  readonly how: string;
  readonly ms: number;
  readonly isAlone: boolean;
}

const POLL_MS = 200;

/**
 * From the death of a process until its work is being done again, without anybody's help: what was in
 * the stream, or waited for a decision, when it died has been worked off, and it stands there again,
 * ready. One that dies again meanwhile is measured from its first death.
 */
export class Recovery {
  readonly times: Recovered[] = [];
  private readonly waiting = new Map<string, Waiting>();
  private disturbances = 0;
  private isClosed = false;
  private loop: Promise<void> = Promise.resolve();

  constructor(
    private readonly pool: Pool,
    private readonly ends: () => ReadonlyMap<string, bigint>,
  ) {}

  start(): void {
    this.loop = this.watch();
  }

  /** Who has died and is not back. */
  get open(): readonly string[] {
    return [...this.waiting.keys()];
  }

  isOpenFor({ name }: Member): boolean {
    return this.waiting.has(name);
  }

  isOpen(role: Role): boolean {
    return [...this.waiting.values()].some(({ member }) => member.role === role);
  }

  died({ member, atMs, how }: Death): void {
    const known = this.waiting.get(member.name);
    if (known !== undefined) {
      known.isAlone = false;
      return;
    }
    const waiting: Waiting = {
      member,
      atMs,
      how,
      ends: new Map(this.ends()),
      lastDecision: undefined,
      isAlone: this.disturbances === 0,
    };
    this.waiting.set(member.name, waiting);
  }

  /** While that lasts, nobody's return says much about their own death. */
  async disturbed(work: Promise<void>): Promise<void> {
    this.disturbances += 1;
    for (const one of this.waiting.values()) one.isAlone = false;
    await work.finally(() => (this.disturbances -= 1));
  }

  /** It was kept down on purpose: its time says nothing. */
  forget(role: Role): void {
    for (const [name, { member }] of this.waiting) {
      if (member.role === role) this.waiting.delete(name);
    }
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.loop;
  }

  private async watch(): Promise<void> {
    while (!this.isClosed) {
      await new Promise((resume) => setTimeout(resume, POLL_MS));
      for (const [name, one] of this.waiting) {
        if (!(await this.isBack(one).catch(() => false))) continue;
        if (this.waiting.get(name) !== one) continue;
        this.waiting.delete(name);
        const ms = Math.round(performance.now() - one.atMs);
        const { member, how, isAlone } = one;
        this.times.push({ role: member.role, how, ms, isAlone });
      }
    }
  }

  private async isBack(one: Waiting): Promise<boolean> {
    if (one.member.role === 'detector' && !(await this.isRead(one.ends))) return false;
    if (one.member.role === 'remedy' && !(await this.isDecided(one))) return false;
    return one.member.process.isReady();
  }

  private async isRead(ends: ReadonlyMap<string, bigint>): Promise<boolean> {
    const { rows } = await this.pool.query<{ place: string; next: string }>(
      `select topic || '/' || partition as place, next_offset::text as next
       from stream_position where source = 'kafka'`,
    );
    const positions = new Map(rows.map(({ place, next }) => [place, BigInt(next)]));
    return [...ends].every(([place, end]) => (positions.get(place) ?? 0n) >= end);
  }

  private async isDecided(one: Waiting): Promise<boolean> {
    const { rows } = await this.pool.query<{ first: string | null; last: string | null }>(
      'select min(id)::text as first, max(id)::text as last from decision_queue where attempts = 0',
    );
    const { first, last } = rows[0] ?? { first: null, last: null };
    one.lastDecision ??= BigInt(last ?? '0');
    return first === null || BigInt(first) > one.lastDecision;
  }
}
