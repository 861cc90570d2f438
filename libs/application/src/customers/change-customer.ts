import type { Asked } from '../access/actor';
import { writeAudit } from '../access/audit';
import { invalidField } from '../access/refusal';
import { requireNotErased } from '../erasure/erased-customers';
import { requirePrecondition, type Precondition } from '../access/precondition';
import type { Database, Sql } from '../queries/sql';
import {
  changedFields,
  customerStem,
  EMPTY_FILE,
  lockCustomers,
  writeCustomer,
  type CustomerFile,
  type CustomerRow,
} from './customer-file';

export interface Change {
  readonly id: string;
  readonly precondition: Precondition;
}

export interface Replacement extends Change {
  /** As it is said to be; only `block` changes it. */
  readonly blocked?: boolean | undefined;
}

/** Replaces a customer's file, or blocks and unblocks automatic compensation. */
export class ChangeCustomer {
  constructor(private readonly database: Database) {}

  /** Returns whether the file is new. */
  async replace(change: Replacement, file: CustomerFile, asked: Asked): Promise<boolean> {
    return this.database.transaction(async (sql) => {
      const before = await lockForChange(sql, change);
      const isBlocked = before?.blocked ?? false;
      if ((change.blocked ?? isBlocked) !== isBlocked) throw blockedIsReadOnly();
      await writeCustomer(sql, change.id, file);
      const changed = changedFields(before ?? EMPTY_FILE, file);
      await writeAudit(sql, asked, {
        action: before === undefined ? 'customer.create' : 'customer.change',
        object: `customer:${change.id}`,
        customerId: change.id,
        after: { changed },
      });
      return before === undefined;
    });
  }

  /** Returns whether the file is new. */
  async block(
    change: Change,
    input: { readonly blocked: boolean; readonly reason: string },
    asked: Asked,
  ): Promise<boolean> {
    return this.database.transaction(async (sql) => {
      const before = await lockForChange(sql, change);
      await sql.query(
        `update customer set blocked = $2, revision = revision + 1, updated_at = now()
         where id = $1`,
        [change.id, input.blocked],
      );
      await writeAudit(sql, asked, {
        action: input.blocked ? 'customer.block' : 'customer.unblock',
        object: `customer:${change.id}`,
        customerId: change.id,
        before: { blocked: before?.blocked ?? false },
        after: { blocked: input.blocked },
        reason: input.reason,
      });
      return before === undefined;
    });
  }
}

function blockedIsReadOnly() {
  return invalidField('/blocked', 'read_only', {
    en: 'is not changed here: PUT …/block, with a reason',
    zh: '不能在此修改：请用 PUT …/block 并写明原因',
  });
}

/** The row as it was, after the precondition held; undefined when it was made just now. */
async function lockForChange(sql: Sql, change: Change): Promise<CustomerRow | undefined> {
  const inserted = await sql.query(
    'insert into customer (id, revision) values ($1, 0) on conflict (id) do nothing',
    [change.id],
  );
  const [row] = await lockCustomers(sql, [change.id]);
  await requireNotErased(sql, change.id);
  const isNew = inserted.rowCount === 1 || row === undefined;
  requirePrecondition(change.precondition, isNew ? absentStem(change) : customerStem(row.revision));
  return isNew ? undefined : row;
}

/** A customer who has been paid without ever having a file is shown as revision 0. */
function absentStem({ precondition }: Change): string | undefined {
  const zero = customerStem(0);
  const isZeroMeant =
    precondition.kind === 'match' &&
    precondition.tags.some((tag) => tag === zero || tag.startsWith(`${zero}.`));
  return isZeroMeant ? zero : undefined;
}
