import { UndecidableCounter, UndecidableStore, type UndecidableCount } from './undecidable-counter';

class Store extends UndecidableStore {
  readonly written: UndecidableCount[] = [];
  isAway = false;

  add(counts: readonly UndecidableCount[]): Promise<void> {
    if (this.isAway) return Promise.reject(new Error('away'));
    this.written.push(...counts);
    return Promise.resolve();
  }
}

const one = (path: string) => [{ ruleId: 'r', path }];

describe('UndecidableCounter', () => {
  it('writes one count per rule and path', async () => {
    const store = new Store();
    const counter = new UndecidableCounter(store);
    counter.add([...one('a'), ...one('b'), ...one('a')]);
    await counter.flush();
    await counter.flush();
    expect(store.written).toEqual([
      { ruleId: 'r', path: 'a', count: 2 },
      { ruleId: 'r', path: 'b', count: 1 },
    ]);
  });

  it('keeps what could not be written', async () => {
    const store = new Store();
    const counter = new UndecidableCounter(store);
    counter.add(one('a'));
    store.isAway = true;
    const failing = counter.flush();
    counter.add(one('a'));
    await expect(failing).rejects.toThrow('away');
    store.isAway = false;
    await counter.flush();
    expect(store.written).toEqual([{ ruleId: 'r', path: 'a', count: 2 }]);
  });
});
