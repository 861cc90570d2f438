/**
 * A total that was only looked at is no longer what it was: what was decided by it must not be
 * committed. Thrown, it undoes the transaction, which is done again with the total locked.
 */
export class TotalMoved extends Error {
  constructor(total: string) {
    super(`${total} has moved since it was looked at`);
  }
}
