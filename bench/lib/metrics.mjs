// What a process of ours says of itself on /metrics.

/** The sum of a counter's samples by one label's value, such as `{ deadlock: 2, rules: 1 }`. */
export async function counterBy(port, name, label) {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  const text = await response.text();
  const sums = {};
  for (const [, labels, value] of text.matchAll(new RegExp(`^${name}\\{(.*)\\} (\\S+)$`, 'gm'))) {
    const [, of] = new RegExp(`${label}="([^"]*)"`).exec(labels) ?? [];
    sums[of] = (sums[of] ?? 0) + Number(value);
  }
  return sums;
}

/** The sum of a histogram's values, and how many there were, in one process. */
export async function histogramSum(port, name) {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  const text = await response.text();
  const read = (suffix) =>
    Number(new RegExp(`^${name}_${suffix} (\\S+)`, 'm').exec(text)?.[1] ?? 0);
  return { sum: read('sum'), count: read('count') };
}
