import { inStep } from './in-step';

const refused = (code: string) => Object.assign(new Error(code), { code });
const soon = () => new Promise((resolve) => setTimeout(resolve, 5));
const fails = async (error: Error) => {
  await soon();
  throw error;
};

describe('inStep', () => {
  it('answers what every statement answered, in the order given', async () => {
    const slow = soon().then(() => 'a');
    expect(await inStep(slow, Promise.resolve(2))).toEqual(['a', 2]);
  });

  it.each([
    ['behind it', [refused('23505'), refused('25P02')]],
    ['before it, since it was sent later', [refused('25P02'), refused('23505')]],
  ])(
    'throws what failed first where another failed only because of that, %s',
    async (_, errors) => {
      await expect(inStep(...errors.map(fails))).rejects.toMatchObject({ code: '23505' });
    },
  );

  it('throws an aborted transaction where nothing else is known', async () => {
    await expect(inStep(fails(refused('25P02')))).rejects.toMatchObject({ code: '25P02' });
  });

  it('waits for all of them before it throws', async () => {
    let isDone = false;
    const slow = soon()
      .then(soon)
      .then(() => (isDone = true));
    await expect(inStep(fails(refused('22P02')), slow)).rejects.toThrow('22P02');
    expect(isDone).toBe(true);
  });
});
