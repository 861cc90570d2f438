import { spawnService, useTestDatabase } from '@amends/testing';

jest.setTimeout(60_000);

const database = useTestDatabase({ from: 'empty' });

it('REST runs as a process of its own: it migrates, answers, and ends in order', async () => {
  const service = await spawnService({ app: 'api', databaseUrl: database().url });
  try {
    const ready = await service.fetch('/readyz');
    const event = {
      specversion: '1.0',
      id: 'e',
      source: '/s',
      type: 'a.b',
      time: '2026-03-01T00:00:00Z',
    };
    const sent = await service.fetch('/v1/events', {
      method: 'POST',
      headers: { 'Content-Type': 'application/cloudevents+json' },
      body: JSON.stringify(event),
    });

    expect([ready.status, sent.status]).toEqual([200, 202]);
    expect(await service.stop()).toEqual({ code: 0, signal: null });
  } finally {
    await service.close();
  }
});
