import type { Taken } from './batch-work';
import type { DetectTx } from './detect-store';
import { evaluateBatch, type BatchContext } from './evaluate-batch';
import { writeBatch, type BatchResult } from './write-batch';

/** All that a batch causes, in the transaction of the caller (DESIGN.md, Positions and transactions). */
export async function runBatch(
  tx: DetectTx,
  wanted: readonly Taken[],
  context: BatchContext,
): Promise<BatchResult> {
  return writeBatch(tx, await evaluateBatch(tx, wanted, context), context.probe);
}
