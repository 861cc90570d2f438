import { waitFor } from './wait-for';

describe('waitFor', () => {
  it('gives the first answer that is something', async () => {
    const answers = [undefined, 0, 'there'];

    expect(await waitFor(() => answers.shift(), { pollMs: 1 })).toBe('there');
  });

  it('goes on after an error', async () => {
    let calls = 0;
    const ask = () => {
      calls += 1;
      if (calls < 3) throw new Error('not yet');
      return calls;
    };

    expect(await waitFor(ask, { pollMs: 1 })).toBe(3);
  });

  it('says what did not come, and why', async () => {
    const waiting = waitFor(() => Promise.reject(new Error('refused')), {
      timeoutMs: 20,
      pollMs: 1,
      what: 'the broker',
    });

    await expect(waiting).rejects.toMatchObject({
      message: 'the broker did not come within 20 ms',
      cause: expect.objectContaining({ message: 'refused' }),
    });
  });
});
