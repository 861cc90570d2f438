/** The value below which the share `p` (0..1) of the values lies, by nearest rank; NaN for none. */
export function percentile(values, p) {
  if (values.length === 0) return Number.NaN;
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.ceil(p * sorted.length) - 1)];
}

export function median(values) {
  return percentile(values, 0.5);
}

/** Rounded to so many significant digits, for people. */
export function significant(value, digits = 3) {
  return Number(value.toPrecision(digits));
}
