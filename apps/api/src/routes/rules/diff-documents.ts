import { isPlainObject, pointTo } from '@amends/contracts';

export interface DocumentChange {
  readonly op: 'add' | 'remove' | 'replace';
  /** JSON Pointer. */
  readonly path: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** What has to be done to `before` to have `after`: objects by key, lists item by item. */
export function diffDocuments(before: unknown, after: unknown, path = ''): DocumentChange[] {
  if (isPlainObject(before) && isPlainObject(after)) return diffObjects(before, after, path);
  if (Array.isArray(before) && Array.isArray(after)) {
    return diffObjects(byIndex(before), byIndex(after), path);
  }
  if (before === after) return [];
  return [{ op: 'replace', path, before, after }];
}

type Fields = Readonly<Record<string, unknown>>;

function diffObjects(before: Fields, after: Fields, path: string): DocumentChange[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys.flatMap((key): DocumentChange[] => {
    const at = pointTo(path, key);
    if (!Object.hasOwn(before, key)) return [{ op: 'add', path: at, after: after[key] }];
    if (!Object.hasOwn(after, key)) return [{ op: 'remove', path: at, before: before[key] }];
    return diffDocuments(before[key], after[key], at);
  });
}

function byIndex(list: readonly unknown[]): Fields {
  return Object.fromEntries(list.map((item, index) => [String(index), item]));
}
