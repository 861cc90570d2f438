/**
 * The known word that a misspelt one was probably meant to be: at most a third of its letters
 * changed, inserted, left out or swapped with their neighbour, case and `-` for `_` apart.
 */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  if (word.length > MAX_LENGTH) return undefined;
  const wanted = fold(word);
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(wanted, fold(candidate));
    if (distance >= bestDistance || candidate === word) continue;
    best = candidate;
    bestDistance = distance;
  }
  return best;
}

const MAX_LENGTH = 64;

function fold(word: string): string {
  return word.toLowerCase().replaceAll('-', '_');
}

/** Optimal string alignment distance. */
function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > MAX_LENGTH / 2) return Infinity;
  let previous: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      next[j] = Math.min(
        (row[j] ?? Infinity) + 1,
        (next[j - 1] ?? Infinity) + 1,
        (row[j - 1] ?? Infinity) + cost,
        swapped ? (previous[j - 2] ?? Infinity) + 1 : Infinity,
      );
    }
    previous = row;
    row = next;
  }
  return row[b.length] ?? Infinity;
}
