import { createMetrics } from './metrics';

describe('createMetrics', () => {
  it('names every metric amends_…, with its unit last and a help text', async () => {
    const metrics = await createMetrics().registry.getMetricsAsJSON();
    const units =
      /_(total|seconds|messages|events|differences|size|open|active|waiting|unknown|unowned|stopped|late)$/;
    const others = ['amends_rule_set_generation', 'amends_database_connections'];
    const perUnit = '_seconds_since_turn';

    expect(metrics.length).toBeGreaterThan(40);
    for (const { name, help, type } of metrics) {
      expect(name).toMatch(/^amends_[a-z_]+$/);
      expect(help).toMatch(/^.{20,}$/);
      expect(others.includes(name) || name.endsWith(perUnit) || units.test(name)).toBe(true);
      // A counter counts for ever, and says so; nothing else may.
      expect([name, name.endsWith('_total')]).toEqual([name, String(type) === 'counter']);
    }
  });

  it('gives every process, and every spec, a registry of its own', () => {
    expect(() => [createMetrics(), createMetrics()]).not.toThrow();
  });
});
