import { patchedFiles } from '../../mutants/patch';
import { MUTANTS } from './catalogue';
import { BUILT } from './mutate';

describe('the mutants of the fault campaign', () => {
  it.each(MUTANTS)('$name: what it takes out is in the code that is built', (mutant) => {
    expect(patchedFiles(BUILT, mutant).size + (mutant.damage ?? []).length).toBeGreaterThan(0);
  });
});
