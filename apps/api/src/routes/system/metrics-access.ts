import { timingSafeEqual } from 'node:crypto';

/** Who may read the metrics: everyone, or who knows the token. */
export class MetricsAccess {
  constructor(private readonly token: string | undefined) {}

  allows(token: string | undefined): boolean {
    if (this.token === undefined) return true;
    if (token === undefined) return false;
    const [wanted, given] = [Buffer.from(this.token), Buffer.from(token)];
    return wanted.length === given.length && timingSafeEqual(wanted, given);
  }
}
