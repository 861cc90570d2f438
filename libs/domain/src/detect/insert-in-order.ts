/**
 * Puts a value into a list that is in order, behind its equals. Most come last, and lists are short: a sort for each
 * value would cost more than everything else that is done with it.
 */
export function insertInOrder<T>(list: T[], value: T, compare: (a: T, b: T) => number): void {
  let index = list.length;
  while (index > 0 && compare(list[index - 1] as T, value) > 0) index -= 1;
  if (index === list.length) list.push(value);
  else list.splice(index, 0, value);
}
