import { score } from './score';
import { uciEvents, uciIncidents } from './uci-incident';
import { soughtByUciRule, missedSla } from './uci-truth';

describe('the uci-incident sample as events', () => {
  const incidents = uciIncidents();

  it('has the 2,519 incidents and 916 missed targets of the ground truth', () => {
    expect(incidents).toHaveLength(2519);
    expect(missedSla(incidents).size).toBe(916);
  });

  it('gives 93.83 % and 80.34 % with the final resolution, as the ground truth defines them', () => {
    const openAfter96h = incidents.filter(
      ({ lastPriority, resolvedAtMs, openedAtMs }) =>
        lastPriority === 3 &&
        resolvedAtMs !== undefined &&
        resolvedAtMs - openedAtMs > 96 * 3_600_000,
    );

    const { precision, recall } = score(
      new Set(openAfter96h.map((incident) => incident.number)),
      missedSla(incidents),
      soughtByUciRule(incidents),
    );

    expect(precision).toBeCloseTo(93.83, 2);
    expect(recall).toBeCloseTo(80.34, 2);
  });

  it('shows the detector nothing that is known only afterwards', () => {
    const paths = new Set(uciEvents(incidents).flatMap((event) => Object.keys(event.data)));

    expect([...paths].sort()).toEqual(['number', 'priority', 'target_at']);
  });

  it('makes one event of every row, and one of every opening', () => {
    expect(uciEvents(incidents)).toHaveLength(14_367 + 2_519);
  });
});
