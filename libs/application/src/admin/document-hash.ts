import { createHash } from 'node:crypto';
import type { RuleDocument } from '@amends/domain';

/** `sha256:…` of a document; the order of keys does not matter, since PostgreSQL does not keep it. */
export function documentHash(document: unknown): string {
  return `sha256:${createHash('sha256').update(sortedJson(document)).digest('hex')}`;
}

/** The same of a rule, where the order of facts does matter: later ones may use earlier ones. */
export function ruleHash(document: RuleDocument): string {
  return documentHash([document, Object.keys(document.detect.let ?? {})]);
}

/** The entity tag's stem of a version: `v3-5f2c`. */
export function versionStem(version: number, hash: string): string {
  return `v${String(version)}-${hash.slice('sha256:'.length, 'sha256:'.length + 4)}`;
}

function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    const entries = Object.entries(part);
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
