const RECORDS_MAX = 2_000;
const RECORDS_MIN = 25;

/** How many records one transaction takes, so that their evaluation keeps to a given time. */
export class BatchSize {
  records = RECORDS_MAX;

  constructor(private readonly chunkMs: number) {}

  learn(events: number, evaluationMs: number): void {
    if (events === 0) return;
    if (evaluationMs > this.chunkMs) {
      const fitting = Math.floor((events * this.chunkMs) / evaluationMs);
      this.records = Math.max(RECORDS_MIN, Math.min(fitting, RECORDS_MAX));
    } else if (events >= this.records / 2 && evaluationMs < this.chunkMs / 2) {
      this.records = Math.min(RECORDS_MAX, this.records * 2);
    }
  }
}
