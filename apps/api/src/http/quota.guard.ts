import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { problem } from './problem-error';
import { stateOf } from './request-state';
import type { Quota } from './route';
import { routeOf } from './serve';
import { TokenBucket } from './token-bucket';

/** Requests per second and key. */
export abstract class Quotas {
  abstract readonly ingestPerSecond: number;
  abstract readonly restPerSecond: number;
  abstract readonly holdsPerSecond: number;
}

const BURST_SECONDS = 2;
const BUCKETS_MAX = 10_000;

/**
 * 429 for a key that asks too much. Events, holds and everything else are counted apart, so that a
 * flood of the one never blocks the other, and nothing blocks the kill switch.
 */
@Injectable()
export class QuotaGuard implements CanActivate {
  private readonly buckets = new Map<string, TokenBucket>();

  constructor(private readonly quotas: Quotas) {}

  canActivate(context: ExecutionContext): boolean {
    const { quota } = routeOf(context.getHandler());
    if (quota === 'none') return true;
    const { credential } = stateOf(context.switchToHttp().getRequest<Request>());
    const waitMs = this.bucketOf(quota, credential?.actor.id ?? 'anyone').take(Date.now());
    if (waitMs === 0) return true;
    throw problem('too_many_requests', { extra: { retry_after_ms: waitMs } });
  }

  private bucketOf(quota: Exclude<Quota, 'none'>, actor: string): TokenBucket {
    const name = `${quota} ${actor}`;
    const known = this.buckets.get(name);
    if (known !== undefined) return known;
    if (this.buckets.size >= BUCKETS_MAX) this.buckets.clear();
    const perSecond = this.perSecond(quota);
    const bucket = new TokenBucket(perSecond, perSecond * BURST_SECONDS, Date.now());
    this.buckets.set(name, bucket);
    return bucket;
  }

  private perSecond(quota: Exclude<Quota, 'none'>): number {
    switch (quota) {
      case 'ingest':
        return this.quotas.ingestPerSecond;
      case 'hold':
        return this.quotas.holdsPerSecond;
      case 'rest':
        return this.quotas.restPerSecond;
    }
  }
}
