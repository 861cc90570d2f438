import { SASL_USER, startSecuredBroker, type SecuredBroker } from '@amends/testing';
import { createKafka } from './kafka-client';
import { kafkaSecurity, type KafkaSecuritySettings } from './kafka-security';

jest.setTimeout(120_000);

describe('a broker that asks who is there', () => {
  let broker: SecuredBroker;

  beforeAll(async () => {
    broker = await startSecuredBroker();
  });

  afterAll(() => broker.process.stop());

  const login = (mechanism: KafkaSecuritySettings['KAFKA_SASL_MECHANISM']) => ({
    KAFKA_SASL_MECHANISM: mechanism,
    KAFKA_SASL_USERNAME: SASL_USER.username,
    KAFKA_SASL_PASSWORD: SASL_USER.password,
  });

  async function reach(brokers: readonly string[], settings: KafkaSecuritySettings) {
    const kafka = createKafka({
      brokers,
      clientId: 'spec',
      security: kafkaSecurity(settings),
      retries: 0,
    });
    const admin = kafka.admin();
    try {
      await admin.connect();
      return (await admin.describeCluster()).brokers.length;
    } finally {
      await admin.disconnect();
    }
  }

  it.each(['plain', 'scram-sha-256', 'scram-sha-512'] as const)(
    'lets us in by %s, and nobody with another password',
    async (mechanism) => {
      expect(await reach(broker.sasl, login(mechanism))).toBe(1);
      const wrong = { ...login(mechanism), KAFKA_SASL_PASSWORD: 'guessed' };
      await expect(reach(broker.sasl, wrong)).rejects.toThrow(/authentication|invalid/i);
    },
  );

  it('is spoken to over TLS by its own authority, and by no other', async () => {
    const { tls, ca } = broker;
    expect(await reach(tls, { KAFKA_TLS: true, KAFKA_TLS_CA: ca })).toBe(1);
    await expect(reach(tls, { KAFKA_TLS: true })).rejects.toThrow(/self-signed|certificate/);
  });

  it('takes a password over TLS', async () => {
    const settings = { ...login('scram-sha-512'), KAFKA_TLS: true, KAFKA_TLS_CA: broker.ca };
    expect(await reach(broker.saslTls, settings)).toBe(1);
  });
});
