import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { checkKafkaSettings, KAFKA_SETTINGS } from './kafka-settings';
import { parseConfig } from './parse-config';

const schema = z.object(KAFKA_SETTINGS).superRefine(checkKafkaSettings);
const CA = '-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----';

function problemsOf(env: Record<string, string>): string[] {
  const parsed = parseConfig(schema, env);
  if (parsed.ok) return [];
  return parsed.problems.map(({ variable, message }) => `${variable} ${message}`);
}

describe('the settings of Kafka', () => {
  it('takes mechanism, name, and a password and an authority from files', () => {
    const folder = mkdtempSync(join(tmpdir(), 'amends-kafka-'));
    const [password, ca] = [join(folder, 'password'), join(folder, 'ca.pem')];
    writeFileSync(password, 'a secret\n');
    writeFileSync(ca, CA);
    const parsed = parseConfig(schema, {
      KAFKA_BROKERS: 'a:9092,b:9092',
      KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512',
      KAFKA_SASL_USERNAME: 'amends',
      KAFKA_SASL_PASSWORD_FILE: password,
      KAFKA_TLS: 'true',
      KAFKA_TLS_CA_FILE: ca,
    });
    expect(parsed).toEqual({
      ok: true,
      config: {
        KAFKA_BROKERS: ['a:9092', 'b:9092'],
        KAFKA_SASL_MECHANISM: 'scram-sha-512',
        KAFKA_SASL_USERNAME: 'amends',
        KAFKA_SASL_PASSWORD: 'a secret',
        KAFKA_TLS: true,
        KAFKA_TLS_CA: CA,
      },
    });
  });

  it('names what is missing or does not go together, never a value', () => {
    expect(problemsOf({ KAFKA_SASL_MECHANISM: 'kerberos' })).toEqual([
      'KAFKA_SASL_MECHANISM must be plain, scram-sha-256 or scram-sha-512',
    ]);
    expect(problemsOf({ KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_USERNAME: 'a' })).toEqual([
      'KAFKA_SASL_PASSWORD is required (goes with KAFKA_SASL_MECHANISM)',
    ]);
    expect(problemsOf({ KAFKA_SASL_PASSWORD: 'hush' })).toEqual([
      'KAFKA_SASL_PASSWORD needs KAFKA_SASL_MECHANISM',
    ]);
    expect(problemsOf({ KAFKA_TLS_CA: CA })).toEqual(['KAFKA_TLS_CA needs KAFKA_TLS=true']);
    expect(problemsOf({ KAFKA_TLS: 'on', KAFKA_TLS_CERT: CA })).toEqual([
      'KAFKA_TLS_KEY is required (belongs together with KAFKA_TLS_CERT: both or none)',
    ]);
    expect(problemsOf({ KAFKA_TLS: 'on', KAFKA_TLS_CA: '/etc/ca.pem' })).toEqual([
      'KAFKA_TLS_CA must be a certificate in PEM form',
    ]);
  });
});
