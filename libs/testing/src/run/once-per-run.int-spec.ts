import { randomUUID } from 'node:crypto';
import { oncePerRun } from './once-per-run';

describe('oncePerRun', () => {
  it('does the work once and gives everybody the result', async () => {
    const name = randomUUID();
    let times = 0;
    const work = async () => {
      times += 1;
      await new Promise((resume) => setTimeout(resume, 50));
      return { times };
    };

    const results = await Promise.all([1, 2, 3].map(() => oncePerRun(name, work)));

    expect(results).toEqual([{ times: 1 }, { times: 1 }, { times: 1 }]);
  });

  it('fails for everybody when it failed once', async () => {
    const name = randomUUID();
    const fail = () => Promise.reject(new Error('no Java'));

    await expect(oncePerRun(name, fail)).rejects.toThrow('no Java');
    await expect(oncePerRun(name, () => Promise.resolve(1))).rejects.toThrow('no Java');
  });
});
