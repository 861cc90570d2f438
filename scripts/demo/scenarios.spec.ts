import { compileRule, simulate } from '@amends/domain';
import { galleryCalendars, readGallery, RULES_FOLDER } from '../../test/gallery/gallery-files';
import { makeScenarios } from './scenarios.mjs';

interface DemoEvent {
  readonly time: string;
}

const NOW_MS = Date.UTC(2026, 8, 1, 12);
const { scenarios, customers } = makeScenarios('spec', NOW_MS);
const events = scenarios
  .flatMap(({ events, last = [] }) => [...events, ...last] as DemoEvent[])
  .sort((a, b) => Date.parse(a.time) - Date.parse(b.time));
const gallery = readGallery(RULES_FOLDER);
const calendars = galleryCalendars();

describe('the demo', () => {
  it('shows every example rule but the one that watches the service itself', () => {
    const shown = scenarios.map((scenario) => scenario.rule).sort();

    expect([...shown, 'made-good-late'].sort()).toEqual(gallery.map(({ name }) => name));
  });

  it.each(scenarios)('$rule fails those customers, once each, and nobody else', (scenario) => {
    const rule = gallery.find(({ name }) => name === scenario.rule);
    if (rule === undefined) throw new Error(`no rule ${scenario.rule}`);
    const compiled = compileRule(rule.document, { version: 1, calendars });

    const incidents = simulate(compiled, events, { untilMs: NOW_MS });

    expect(incidents.map((incident) => incident.customer).sort()).toEqual(
      [...scenario.atFault].sort(),
    );
    expect(scenario.atFault.length).toBeGreaterThan(0);
  });

  it('knows how to reach each customer', () => {
    const known = new Set(customers.map((customer) => customer.id));

    for (const { atFault } of scenarios) {
      for (const customer of atFault) expect(known).toContain(customer);
    }
  });
});
