import type { Report } from '../report/report';
import type { RuleDraft } from './rule-draft';
import { valueRange } from './value-range';

const STEPS = '/pay/amount/steps';

/** Bands must rise, and each must be met by some value. */
export function checkBands(draft: RuleDraft, report: Report): void {
  const amount = draft.pay?.amount;
  if (amount === undefined || !('bands' in amount)) return;
  const froms = (amount.steps ?? []).map((step) => step?.from);
  const isRising = checkOrder(froms, report);
  if (isRising && amount.bands !== undefined) checkReach(draft, amount.bands, froms, report);
}

function checkOrder(froms: readonly (number | undefined)[], report: Report): boolean {
  const seen = new Set<number>();
  let before = -Infinity;
  let isRising = true;
  froms.forEach((from, index) => {
    if (from === undefined) return;
    const pointer = `${STEPS}/${index}/from`;
    if (seen.has(from)) report.problem(pointer, 'band_duplicate', { params: { from } });
    else if (from < before) {
      report.problem(pointer, 'band_unsorted', { params: { from, before }, hint: ['sort_bands'] });
    }
    if (from <= before) isRising = false;
    seen.add(from);
    before = Math.max(before, from);
  });
  return isRising;
}

function checkReach(
  draft: RuleDraft,
  path: string,
  froms: readonly (number | undefined)[],
  report: Report,
): void {
  const { least, most, mostIncluded } = valueRange(draft, path);
  froms.forEach((from, index) => {
    if (from === undefined) return;
    const next = froms[index + 1];
    const isBelow = next !== undefined && next <= least;
    const isAbove = mostIncluded ? from > most : from >= most;
    if (!isBelow && !isAbove) return;
    const bound = isBelow ? `≥ ${least}` : `${mostIncluded ? '≤' : '<'} ${most}`;
    report.problem(`${STEPS}/${index}/from`, 'band_unreachable', {
      params: { why: `${path} ${bound}` },
    });
  });
}
