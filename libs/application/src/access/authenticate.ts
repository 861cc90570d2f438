import { Refusal } from './refusal';
import type { Database } from '../queries/sql';
import type { Credential } from './credential';
import { hashOf, isSameHash, prefixesOf } from './key-secret';
import type { PersonTokens } from './person-tokens';
import type { Role } from './role';

interface KeyRow {
  readonly id: string;
  readonly prefix: string;
  readonly secret_hash: Buffer;
  readonly role: Role;
  readonly expires_at: Date | null;
}

/** A key made or revoked in another process is taken or refused after this long at the latest. */
const READ_EVERY_MS = 1_000;
const USED_EVERY_MS = 60_000;
/** Header, payload and signature of a JSON Web Token in base64url; a header is an object, which begins so. */
const JWT = /^eyJ[\w-]*\.[\w-]*\.[\w-]*$/;

/**
 * Tells whose key or token it is. The keys are few and kept in memory, read anew once a second at most: a flood of wrong ones
 * reaches no database, and keeps nobody from it who has to stop something.
 */
export class Authenticate {
  private keys: ReadonlyMap<string, KeyRow> = new Map();
  private readAtMs = Number.NEGATIVE_INFINITY;
  private reading: Promise<void> | undefined;
  private forgotAtMs = Number.NEGATIVE_INFINITY;
  private readonly usedAtMs = new Map<string, number>();

  constructor(
    private readonly database: Database,
    private readonly people?: PersonTokens,
  ) {}

  /**
   * Undefined for an unknown, expired or revoked key, and a token that is not good.
   *
   * @throws Refusal `forbidden` for a person without a role here
   */
  async execute(token: string, nowMs: number): Promise<Credential | undefined> {
    if (this.people !== undefined && JWT.test(token)) return personOf(this.people, token, nowMs);
    if (performance.now() - this.readAtMs >= READ_EVERY_MS) await this.read();
    const hash = hashOf(token);
    const row = prefixesOf(token)
      .map((prefix) => this.keys.get(prefix))
      .find((one) => one !== undefined && isSameHash(one.secret_hash, hash));
    if (row === undefined || (row.expires_at?.getTime() ?? Infinity) <= nowMs) return undefined;
    this.noteUse(row.id, nowMs);
    const actor = { kind: 'key', id: row.id, role: row.role } as const;
    return { actor, endsAtMs: row.expires_at?.getTime() };
  }

  /** Reads the keys anew the next time: one has just been made or revoked in this process. */
  forget(): void {
    this.readAtMs = Number.NEGATIVE_INFINITY;
    // What is under way began before the change, and is not waited for.
    this.forgotAtMs = performance.now();
    this.reading = undefined;
  }

  private read(): Promise<void> {
    if (this.reading === undefined) {
      const reading = this.readNow().finally(() => {
        if (this.reading === reading) this.reading = undefined;
      });
      this.reading = reading;
    }
    return this.reading;
  }

  private async readNow(): Promise<void> {
    const startedAtMs = performance.now();
    const { rows } = await this.database.query<KeyRow>(
      `select id, prefix, secret_hash, role, expires_at from api_key where revoked_at is null
         and (expires_at is null or expires_at > now())`,
    );
    if (startedAtMs < this.forgotAtMs) return;
    this.keys = new Map(rows.map((row) => [row.prefix, row]));
    this.readAtMs = startedAtMs;
  }

  /** For people who clean up keys; once a minute is enough, and nobody waits for it. */
  noteUse(id: string, nowMs: number): void {
    if (nowMs - (this.usedAtMs.get(id) ?? 0) < USED_EVERY_MS) return;
    this.usedAtMs.set(id, nowMs);
    const used = this.database.query('update api_key set last_used_at = now() where id = $1', [id]);
    // It is bookkeeping: the request itself has succeeded.
    used.catch(() => this.usedAtMs.delete(id));
  }
}

async function personOf(
  people: PersonTokens,
  token: string,
  nowMs: number,
): Promise<Credential | undefined> {
  const verdict = await people.verify(token, nowMs);
  if (verdict.kind === 'person') return verdict;
  if (verdict.kind === 'invalid') return undefined;
  throw new Refusal('forbidden', {
    detail: 'The token is good, but names no role here: see OIDC_ROLE_CLAIM and OIDC_ROLES.',
  });
}
