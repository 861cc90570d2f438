import type { CST } from 'yaml';

export interface YamlMeasure {
  /** The deepest level of maps and lists. */
  readonly depth: number;
  /** Anchors, aliases and tags. */
  readonly properties: number;
}

const PROPERTIES = new Set<string>(['anchor', 'alias', 'tag']);

/** Measures a syntax tree without recursion, before anything recursive sees it. */
export function measureYaml(tokens: readonly CST.Token[]): YamlMeasure {
  let deepest = 0;
  let properties = 0;
  const open: { readonly token: CST.Token; readonly depth: number }[] = [];
  const visit = (token: CST.Token | null | undefined, depth: number): void => {
    if (token) open.push({ token, depth });
  };
  const count = (sources: readonly CST.SourceToken[] | undefined): void => {
    for (const { type } of sources ?? []) if (PROPERTIES.has(type)) properties++;
  };

  for (const token of tokens) visit(token, 0);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { token, depth } = next;
    if (depth > deepest) deepest = depth;
    if (token.type === 'alias') properties++;
    if (token.type === 'document') {
      count(token.start);
      visit(token.value, depth);
    } else if ('items' in token) {
      for (const item of token.items) {
        count(item.start);
        count(item.sep);
        visit(item.key, depth + 1);
        visit(item.value, depth + 1);
      }
    }
  }
  return { depth: deepest, properties };
}
