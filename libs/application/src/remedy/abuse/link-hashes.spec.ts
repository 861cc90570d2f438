import { linkHashes } from './link-hashes';

const PATHS = ['data.address', 'data.card.hash'];
const hashes = (data: Parameters<typeof linkHashes>[0]) => linkHashes({ data }, PATHS);

describe('what links accounts', () => {
  it('is the same value at the same path, whatever its case', () => {
    expect(hashes({ address: ' 1 Main St ' })).toEqual(hashes({ address: '1 main st' }));
    expect(hashes({ address: 'x' })).not.toEqual(hashes({ address: 'y' }));
  });

  it('is not the same value at another path', () => {
    expect(hashes({ address: 'x' })).not.toEqual(hashes({ card: { hash: 'x' } }));
  });

  it.each([
    ['absent', {}],
    ['empty', { address: '  ' }],
    ['null', { address: null }],
    ['an object', { address: { street: 'x' } }],
    ['inherited', { card: 'text' }],
  ])('is nothing that is %s', (_name, data) => {
    expect(hashes(data)).toEqual([]);
  });
});
