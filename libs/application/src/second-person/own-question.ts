import { Refusal } from '../access/refusal';

/** What an insert answers that finds the question it asks, where that is open already. */
export interface AskedQuestion {
  readonly id: string;
  readonly requested_by: string;
  readonly is_new: boolean;
}

/**
 * A question is asked once: by the same person again it is the one that waits.
 *
 * @throws Refusal `conflict`: somebody else has asked it, and can be told yes
 */
export function requireOwnQuestion(row: AskedQuestion | undefined, by: string): AskedQuestion {
  if (row === undefined) throw new Error('nobody was asked');
  if (row.requested_by === by) return row;
  throw new Refusal('conflict', {
    detail: `Somebody else has asked for it already: decide about ${row.id}.`,
    extra: { reason: 'already_asked', approval_id: row.id },
  });
}
