/** Up to here an insertion sort is quicker: it makes nothing, and such lists are nearly always in order already. */
const SHORT = 8;

/** Sorts a list in place, equals in the order they had. Most are of two or three. */
export function sortShort<T>(list: T[], compare: (a: T, b: T) => number): T[] {
  if (list.length > SHORT) return list.sort(compare);
  for (let index = 1; index < list.length; index += 1) {
    const value = list[index] as T;
    let at = index;
    for (; at > 0 && compare(list[at - 1] as T, value) > 0; at -= 1) list[at] = list[at - 1] as T;
    list[at] = value;
  }
  return list;
}
