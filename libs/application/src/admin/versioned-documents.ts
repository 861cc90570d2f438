import type { Asked } from '../access/actor';
import { writeAudit } from '../access/audit';
import { requirePrecondition, type Precondition } from '../access/precondition';
import type { Database, Sql } from '../queries/sql';
import { documentHash, versionStem } from './document-hash';

/** Which tables hold the documents: `template` and `template_version`, and so on. */
export type DocumentKind = 'template' | 'calendar';

export interface VersionedDocument<D> {
  readonly id: string;
  readonly version: number;
  readonly document: D;
  readonly author: string;
  readonly createdAt: Date;
  /** Entity tag's stem. */
  readonly stem: string;
}

export interface PutResult {
  readonly isNew: boolean;
  /** False: the same document again, which makes no version. */
  readonly isChanged: boolean;
}

interface Row<D> {
  readonly id: string;
  readonly version: number;
  readonly document: D;
  readonly author: string;
  readonly created_at: Date;
}

/** Templates and calendars: each change is a new version, old ones stay readable for ever. */
export class VersionedDocuments<D> {
  constructor(
    private readonly database: Database,
    private readonly kind: DocumentKind,
  ) {}

  async find(id: string): Promise<VersionedDocument<D> | undefined> {
    return this.read(this.database, id);
  }

  /** `guard` runs in the transaction, under the lock, when the document is about to be written. */
  async put(
    id: string,
    document: D,
    precondition: Precondition,
    asked: Asked,
    guard?: (sql: Sql) => Promise<void>,
  ): Promise<PutResult> {
    return this.database.transaction(async (sql) => {
      await sql.query(
        `insert into ${this.kind} (id, latest_version) values ($1, 0) on conflict (id) do nothing`,
        [id],
      );
      await sql.query(`select 1 from ${this.kind} where id = $1 for update`, [id]);
      const before = await this.read(sql, id);
      requirePrecondition(precondition, before?.stem);
      if (before !== undefined && documentHash(before.document) === documentHash(document)) {
        return { isNew: false, isChanged: false };
      }
      await guard?.(sql);
      await this.write(sql, id, (before?.version ?? 0) + 1, document, asked);
      await writeAudit(sql, asked, {
        action: before === undefined ? `${this.kind}.create` : `${this.kind}.change`,
        object: `${this.kind}:${id}`,
        before: before === undefined ? undefined : { version: before.version },
        after: { version: (before?.version ?? 0) + 1, document },
      });
      return { isNew: before === undefined, isChanged: true };
    });
  }

  private async read(sql: Sql, id: string): Promise<VersionedDocument<D> | undefined> {
    const { rows } = await sql.query<Row<D>>(
      `select d.id, v.version, v.document, v.author, v.created_at
       from ${this.kind} d
       join ${this.kind}_version v on v.${this.kind}_id = d.id and v.version = d.latest_version
       where d.id = $1`,
      [id],
    );
    const row = rows[0];
    if (row === undefined) return undefined;
    const { version, document, author, created_at: createdAt } = row;
    return { id, version, document, author, createdAt, stem: this.stemOf(version, document) };
  }

  private stemOf(version: number, document: D): string {
    return versionStem(version, documentHash(document));
  }

  private async write(sql: Sql, id: string, version: number, document: D, asked: Asked) {
    await sql.query(
      `insert into ${this.kind}_version (${this.kind}_id, version, document, author)
       values ($1, $2, $3, $4)`,
      [id, version, JSON.stringify(document), asked.actor.id],
    );
    await sql.query(`update ${this.kind} set latest_version = $2 where id = $1`, [id, version]);
    // Calendars are compiled into rules.
    if (this.kind === 'calendar') {
      await sql.query('update rule_set set generation = generation + 1');
    }
  }
}
