import { GroupCommit } from './group-commit';
import { shareOut } from './share-out';

describe('GroupCommit', () => {
  it('lets calls that arrive during a commit share the next, each with its own answers', async () => {
    const groups: number[] = [];
    let begun: () => void = () => undefined;
    let finish: () => void = () => undefined;
    const running = new Promise<void>((resolve) => (begun = resolve));
    const finished = new Promise<void>((resolve) => (finish = resolve));
    const group = new GroupCommit<number, string>(
      async (items) => {
        groups.push(items.length);
        begun();
        await finished;
        return items.map(String);
      },
      100,
      () => false,
    );
    const first = group.submit([1, 2]);
    await running;
    const later = [group.submit([3]), group.submit([4, 5]), group.submit([])];
    finish();
    expect(await Promise.all([first, ...later])).toEqual([['1', '2'], ['3'], ['4', '5'], []]);
    expect(groups).toEqual([2, 3]);
  });

  it('never splits a call, however large', async () => {
    const groups: number[] = [];
    const commit = async (items: readonly number[]) => {
      groups.push(items.length);
      return [...items];
    };
    const group = new GroupCommit(commit, 3, () => false);
    await Promise.all([group.submit([1, 2, 3, 4]), group.submit([5, 6]), group.submit([7])]);
    expect(groups).toEqual([4, 3]);
  });

  it('fails only the call that is wrong, where trying them one by one can tell', async () => {
    const commit = async (items: readonly number[]) => {
      if (items.includes(13)) throw new Error('unlucky');
      return [...items];
    };
    const group = new GroupCommit(commit, 100, () => true);
    const outcomes = await Promise.allSettled([
      group.submit([1]),
      group.submit([13]),
      group.submit([2]),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    const all = new GroupCommit(commit, 100, () => false);
    const together = await Promise.allSettled([all.submit([1]), all.submit([13])]);
    expect(together.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
});

describe('shareOut', () => {
  const partitions = Array.from({ length: 7 }, (_, partition) => ({ topic: 't', partition }));

  it('gives every partition to one member, whoever asks', () => {
    const members = ['b', 'c', 'a'];
    const shares = members.map((me) => shareOut(partitions, members, me));
    expect(shares.flat().sort((x, y) => x.partition - y.partition)).toEqual(partitions);
    expect(shares.map(({ length }) => length).sort()).toEqual([2, 2, 3]);
  });

  it('counts a member that has not been seen yet, if it is the one who asks', () => {
    expect(shareOut(partitions, ['a'], 'b')).toHaveLength(3);
  });
});
