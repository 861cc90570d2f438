import type { Answer } from '../webhook/webhook-receiver';
import type { Personality } from './personality';

interface Kept {
  readonly request: string;
  readonly firstAtMs: number;
  /** Undefined while it is being worked on. */
  answer?: Answer;
  refundId?: string;
}

/** What the provider makes of a key. */
export type KeyVerdict =
  | { readonly kind: 'new' }
  | { readonly kind: 'as-before'; readonly answer: Answer }
  | { readonly kind: 'as-it-stands'; readonly refundId: string }
  /** The key came with another request before. */
  | { readonly kind: 'mismatch' }
  | { readonly kind: 'in-flight' };

/** The keys that a provider remembers, and what they are good for. */
export class KeptKeys {
  private readonly keys = new Map<string, Kept>();

  constructor(
    private readonly personality: Personality,
    private readonly windowMs: number,
    private readonly now: () => number,
  ) {}

  /** Called with every request; a `new` one is to be ended by `keep` or `forget`. */
  begin(key: string, request: string): KeyVerdict {
    const kept = this.keys.get(key);
    if (!kept || this.now() - kept.firstAtMs >= this.windowMs) return this.start(key, request);
    if (kept.request !== request) return { kind: 'mismatch' };
    if (kept.answer === undefined) return { kind: 'in-flight' };
    if (this.personality === 'first-body') return { kind: 'as-before', answer: kept.answer };
    if (this.personality === 'only-success') {
      if (kept.answer.status >= 300) return this.start(key, request);
      return { kind: 'as-before', answer: kept.answer };
    }
    if (kept.refundId === undefined) return this.start(key, request);
    return { kind: 'as-it-stands', refundId: kept.refundId };
  }

  keep(key: string, answer: Answer, refundId?: string): void {
    const kept = this.keys.get(key);
    if (!kept) return;
    kept.answer = answer;
    if (refundId !== undefined) kept.refundId = refundId;
  }

  /** As if it had never come: it was refused before it was looked at. */
  forget(key: string): void {
    this.keys.delete(key);
  }

  private start(key: string, request: string): KeyVerdict {
    this.keys.set(key, { request, firstAtMs: this.now() });
    return { kind: 'new' };
  }
}
