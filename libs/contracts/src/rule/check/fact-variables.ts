/** Texts of CEL, in all their quotes, and comments: what is in them names nothing. */
const TEXTS =
  /[rRbB]{0,2}(?:"""[^]*?"""|'''[^]*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|\/\/[^\n]*/g;

const NAMES = /(?<![\w.]|\.\s+)[A-Za-z_]\w*/g;

/**
 * For each fact the variables that it cannot be computed without, through the facts it is built on.
 * Names are found by their look: `expect` is one, `data.expect` is not.
 */
export function factVariables(
  lets: Readonly<Record<string, string>>,
  variables: ReadonlySet<string>,
): ReadonlyMap<string, ReadonlySet<string>> {
  const needs = new Map<string, ReadonlySet<string>>();
  for (const [name, source] of Object.entries(lets)) {
    const found = new Set<string>();
    for (const word of namesIn(source)) {
      if (variables.has(word)) found.add(word);
      for (const inherited of needs.get(word) ?? []) found.add(inherited);
    }
    needs.set(name, found);
  }
  return needs;
}

function namesIn(source: string): readonly string[] {
  return source.replace(TEXTS, '""').match(NAMES) ?? [];
}
