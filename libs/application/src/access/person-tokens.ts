import type { Credential } from './credential';

export type PersonVerdict =
  | ({ readonly kind: 'person' } & Credential)
  /** Somebody who is known there, and may do nothing here. */
  | { readonly kind: 'no-role'; readonly id: string }
  | { readonly kind: 'invalid' };

/** Tokens that people come with, issued by somebody else (OIDC). */
export abstract class PersonTokens {
  /** @throws Refusal `unavailable` while the issuer's keys cannot be had */
  abstract verify(token: string, nowMs: number): Promise<PersonVerdict>;
}
