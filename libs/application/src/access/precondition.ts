import { createHash } from 'node:crypto';
import { Refusal } from './refusal';

/** What `If-Match` and `If-None-Match` of a change say. */
export type Precondition =
  /** `If-None-Match: *`: create, never overwrite. */
  | { readonly kind: 'create' }
  /** `If-Match`: change what these tags name; `*` is any existing state. */
  | { readonly kind: 'match'; readonly tags: readonly string[] }
  | { readonly kind: 'none' };

/**
 * A strong entity tag without its quotes: the stem names the state that a change replaces
 * (`v3-5f2c`, `r2`); the rest, where there is one, what else the representation shows and others
 * move, such as the rollout shown with a rule. A conditional GET compares the whole tag.
 */
export function entityTag(stem: string, rest?: unknown): string {
  if (rest === undefined) return stem;
  const hash = createHash('sha256').update(JSON.stringify(rest)).digest('hex');
  return `${stem}.${hash.slice(0, 8)}`;
}

/**
 * Refuses a change whose precondition does not hold. `stem` is that of the current state, undefined
 * when the thing does not exist.
 */
export function requirePrecondition(
  precondition: Precondition,
  stem: string | undefined,
  options: { readonly optional?: boolean } = {},
): void {
  if (precondition.kind === 'none') {
    if (options.optional === true) return;
    throw new Refusal('precondition_required', stem === undefined ? {} : { etag: stem });
  }
  if (precondition.kind === 'create') {
    if (stem === undefined) return;
    throw new Refusal('precondition_failed', { etag: stem });
  }
  if (stem === undefined) throw new Refusal('precondition_failed');
  if (precondition.tags.some((tag) => tag === '*' || stemOf(tag) === stem)) return;
  throw new Refusal('precondition_failed', { etag: stem });
}

function stemOf(tag: string): string {
  const dot = tag.indexOf('.');
  return dot === -1 ? tag : tag.slice(0, dot);
}
