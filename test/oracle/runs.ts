/** How often a property is tried: `ORACLE_RUNS=20` does it twenty times as often. */
export function runs(usual: number): number {
  return Math.ceil(usual * Number(process.env['ORACLE_RUNS'] ?? 1));
}
