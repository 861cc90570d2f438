import { ErasedCustomers, type Sql } from '@amends/application';

/** Somebody erased in another process is refused at the door after this long; detectors know it at once. */
const READ_EVERY_MS = 1_000;

/** Who was erased, as the door knows it. */
export class ErasedAtDoor {
  private readonly erased = new ErasedCustomers();
  private readAtMs = Number.NEGATIVE_INFINITY;
  private reading: Promise<void> | undefined;

  constructor(private readonly sql: Sql) {}

  async current(): Promise<ErasedCustomers> {
    if (performance.now() - this.readAtMs >= READ_EVERY_MS) await this.read();
    return this.erased;
  }

  private read(): Promise<void> {
    this.reading ??= this.erased
      .read(this.sql)
      .then(() => {
        this.readAtMs = performance.now();
      })
      .finally(() => {
        this.reading = undefined;
      });
    return this.reading;
  }
}
