import { derivedId, incidentNaturalKey, newId } from './ids';

describe('ids', () => {
  it('are a prefix and 26 characters of Crockford base 32', () => {
    expect(newId('inc', Date.now())).toMatch(/^inc_[0-9A-HJKMNP-TV-Z]{26}$/);
    expect(derivedId('cmp', 0, 'x')).toMatch(/^cmp_0{10}[0-9A-HJKMNP-TV-Z]{16}$/);
  });

  it('sort by time', () => {
    const times = [0, 1, 1_700_000_000_000, 1_700_000_000_001, 2 ** 48 - 1];
    const ids = times.map((atMs) => newId('inc', atMs));
    expect([...ids].sort()).toEqual(ids);
  });

  it('new ones differ, derived ones do not', () => {
    expect(newId('inc', 5)).not.toBe(newId('inc', 5));
    expect(derivedId('inc', 5, 'a')).toBe(derivedId('inc', 5, 'a'));
    expect(derivedId('inc', 5, 'a')).not.toBe(derivedId('inc', 5, 'b'));
  });

  it('stay well-formed for times before 1970 and far away', () => {
    expect(derivedId('inc', -5, 'a')).toBe(derivedId('inc', 0, 'a'));
    expect(derivedId('inc', 1e18, 'a')).toHaveLength(30);
  });

  it('the natural key of an incident tells lanes, keys and occurrences apart', () => {
    const identity = { ruleId: 'r', lane: 'live', key: '"k"', occurrence: 's|1' } as const;
    const keys = [
      identity,
      { ...identity, lane: 'shadow' as const },
      { ...identity, key: '"k","s|1"', occurrence: '' },
      { ...identity, occurrence: 's|2' },
    ].map(incidentNaturalKey);
    expect(new Set(keys).size).toBe(4);
  });
});
