import type { BatchOutcome, EventBatch } from '../events/event-source';
import { BatchMerger } from './batch-merger';

function batchOf(partition: number, size: number): EventBatch {
  const fence = { source: 's', topic: 't', partition, epoch: 1n, expected: 0n };
  const records = Array.from({ length: size }, (_, index) => ({
    offset: BigInt(index),
    value: '',
    history: false,
  }));
  return { topic: 't', partition, records, nextOffset: BigInt(size), fence };
}

class Runs {
  readonly groups: number[][] = [];
  private readonly open: (() => void)[] = [];

  readonly run = async (batches: readonly EventBatch[]) => {
    this.groups.push(batches.map(({ partition }) => partition));
    await new Promise<void>((resolve) => this.open.push(resolve));
    return new Map(batches.map((batch): [EventBatch, BatchOutcome] => [batch, 'done']));
  };

  finishOne(): void {
    this.open.shift()?.();
  }
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 2));

describe('BatchMerger', () => {
  it('works on batches that arrive together in one go, and later ones in the next', async () => {
    const runs = new Runs();
    const merger = new BatchMerger({ run: runs.run, lanes: 1, recordsMax: () => 100 });
    const first = [merger.handle(batchOf(0, 10)), merger.handle(batchOf(1, 10))];
    await turn();
    const second = [2, 3, 4].map((partition) => merger.handle(batchOf(partition, 10)));
    await turn();
    expect(runs.groups).toEqual([[0, 1]]);
    runs.finishOne();
    await turn();
    expect(runs.groups).toEqual([
      [0, 1],
      [2, 3, 4],
    ]);
    runs.finishOne();
    expect(await Promise.all([...first, ...second])).toEqual(Array(5).fill('done'));
  });

  it('keeps to the number of records, but for a batch that is larger by itself', async () => {
    const runs = new Runs();
    const merger = new BatchMerger({ run: runs.run, lanes: 9, recordsMax: () => 15 });
    void merger.handle(batchOf(0, 10));
    void merger.handle(batchOf(1, 10));
    void merger.handle(batchOf(2, 40));
    await turn();
    expect(runs.groups).toEqual([[0], [1], [2]]);
  });

  it('gives an error to those whose batches failed, and goes on', async () => {
    let isFirst = true;
    const run = async (batches: readonly EventBatch[]) => {
      if (isFirst) {
        isFirst = false;
        throw new Error('away');
      }
      return new Map(batches.map((batch): [EventBatch, BatchOutcome] => [batch, 'fenced']));
    };
    const merger = new BatchMerger({ run, lanes: 1, recordsMax: () => 100 });
    await expect(merger.handle(batchOf(0, 1))).rejects.toThrow('away');
    expect(await merger.handle(batchOf(0, 1))).toBe('fenced');
  });
});
