import { invalidField } from '@amends/application';

/** A body may repeat the id of its path, and then it must be the same. */
export function requireSameId(path: string, body: string | undefined): void {
  if (body === undefined || body === path) return;
  throw invalidField('/id', 'id_mismatch', {
    en: 'is not the id of the path; ids never change',
    zh: '与路径中的 id 不一致；id 不可更改',
  });
}
