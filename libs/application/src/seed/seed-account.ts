import type { RuleDocument } from '@amends/domain';
import { SYSTEM } from '../access/actor';
import { Refusal } from '../access/refusal';
import { VersionedDocuments, type DocumentKind } from '../admin/versioned-documents';
import type { Database } from '../queries/sql';
import { SaveRule } from '../rules/save-rule';

/** What a new account starts with; documents are checked by whoever reads them. */
export interface Seed {
  readonly calendars: readonly SeedDocument[];
  readonly templates: readonly SeedDocument[];
  readonly rules: readonly RuleDocument[];
}

export interface SeedDocument {
  readonly id: string;
  readonly document: object;
}

export interface SeedReport {
  readonly added: number;
  /** Of this program's own making: somebody must look. */
  readonly failed: readonly { readonly id: string; readonly error: unknown }[];
}

const CREATE = { kind: 'create' } as const;

/**
 * Puts the examples into the account: those that are absent only, so that what people changed stays
 * changed. Rules come without a rollout: nothing runs by itself.
 */
export class SeedAccount {
  private readonly saveRule: SaveRule;

  constructor(private readonly database: Database) {
    this.saveRule = new SaveRule(database);
  }

  async execute(seed: Seed): Promise<SeedReport> {
    const failed: { id: string; error: unknown }[] = [];
    let added = 0;
    const add = async (id: string, work: () => Promise<unknown>): Promise<void> => {
      try {
        await work();
        added += 1;
      } catch (error) {
        // Another process that starts at the same time was faster.
        if (error instanceof Refusal && error.code === 'precondition_failed') return;
        failed.push({ id, error });
      }
    };
    // In this order: rules name templates and calendars.
    for (const { id, document } of await this.absent('calendar', seed.calendars)) {
      await add(id, () => this.put('calendar', id, document));
    }
    for (const { id, document } of await this.absent('template', seed.templates)) {
      await add(id, () => this.put('template', id, document));
    }
    for (const document of await this.absent('rule', seed.rules)) {
      const input = { document, precondition: CREATE, managedBy: 'example' };
      await add(document.id, () => this.saveRule.execute(input, SYSTEM));
    }
    return { added, failed };
  }

  private async absent<T extends { readonly id: string }>(
    kind: DocumentKind | 'rule',
    documents: readonly T[],
  ): Promise<readonly T[]> {
    const { rows } = await this.database.query<{ id: string }>(
      `select id from ${kind} where id = any($1)`,
      [documents.map(({ id }) => id)],
    );
    const known = new Set(rows.map(({ id }) => id));
    return documents.filter(({ id }) => !known.has(id));
  }

  private put(kind: DocumentKind, id: string, document: object): Promise<unknown> {
    return new VersionedDocuments<object>(this.database, kind).put(id, document, CREATE, SYSTEM);
  }
}
