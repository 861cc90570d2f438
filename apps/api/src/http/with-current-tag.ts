import { Refusal } from '@amends/application';
import type { Reply } from './reply';

const ABOUT_TAGS = new Set(['precondition_failed', 'precondition_required']);

/**
 * Carries out a change. Where its `If-Match` is stale or missing, the refusal names the tag that a
 * GET gives now: the use case knows only its stem, which is not all that a representation shows.
 */
export async function withCurrentTag<T>(
  read: () => Promise<Reply>,
  change: () => Promise<T>,
): Promise<T> {
  try {
    return await change();
  } catch (error) {
    if (!(error instanceof Refusal) || !ABOUT_TAGS.has(error.code)) throw error;
    const etag = await tagNow(read);
    throw etag === undefined ? error : new Refusal(error.code, { ...error.details, etag });
  }
}

async function tagNow(read: () => Promise<Reply>): Promise<string | undefined> {
  try {
    return (await read()).etag;
  } catch (error) {
    if (error instanceof Refusal && error.code === 'not_found') return undefined;
    throw error;
  }
}
