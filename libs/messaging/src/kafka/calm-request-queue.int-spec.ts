import { setTimeout as idle } from 'node:timers/promises';
import { testBroker } from '@amends/testing';
import { Kafka, logLevel } from 'kafkajs';
import { calmRequestQueue } from './calm-request-queue';

jest.setTimeout(60_000);

const IDLE_MS = 2_000;

/** What an idle connection costs: wake-ups a second, and processor time of a second. */
async function costOfIdling(brokers: readonly string[]) {
  const admin = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.listTopics();
  const timers = jest.spyOn(global, 'setTimeout');
  const before = process.cpuUsage();
  await idle(IDLE_MS);
  const { user, system } = process.cpuUsage(before);
  const perSecond = timers.mock.calls.length / (IDLE_MS / 1_000);
  timers.mockRestore();
  await admin.disconnect();
  return { perSecond, cpu: (user + system) / (IDLE_MS * 1_000) };
}

describe('an idle connection', () => {
  it('keeps still once calmed, and wakes hundreds of times a second without', async () => {
    const { brokers } = await testBroker();
    const without = await costOfIdling(brokers);
    calmRequestQueue();
    const calmed = await costOfIdling(brokers);

    // Fails when kafkajs has mended it: then the repair is to go.
    expect(without.perSecond).toBeGreaterThan(200);
    expect(calmed.perSecond).toBeLessThan(5);
    expect(calmed.cpu).toBeLessThan(without.cpu);
  });
});
