import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeConfigProblems, parseConfig } from '@amends/platform';
import type { z } from 'zod';
import { apiConfig } from '../../api/src/api-config';
import { detectorConfig } from '../../detector/src/detector-config';
import { RemedyConfig } from '../../remedy/src/remedy-config';
import { standaloneConfig } from './config';

/** What may hold a secret, and one that is right. A setting whose name says so has to be here. */
const SECRETS: Readonly<Record<string, string>> = {
  DATABASE_URL: 'postgres://amends:canary@db/amends',
  SMTP_URL: 'smtp://amends:canary@mail',
  AMENDS_ADMIN_KEY: 'canary-of-the-admin',
  METRICS_TOKEN: 'canary-of-the-metrics',
  KAFKA_SASL_PASSWORD: 'canary',
  KAFKA_TLS_KEY: '-----BEGIN PRIVATE KEY-----\ncanary\n-----END PRIVATE KEY-----',
  REFUND_WEBHOOK_SECRET: `whsec_${Buffer.from('canary-of-at-least-24-bytes').toString('base64')}`,
  AMENDS_AUDIT_ANCHOR_SECRET: `whsec_${Buffer.from('canary-of-at-least-24-bytes').toString('base64')}`,
};
/** What a setting belongs together with. */
const COMPANIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  REFUND_WEBHOOK_SECRET: { REFUND_WEBHOOK_URL: 'https://refunds.example.com/' },
  KAFKA_SASL_PASSWORD: { KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_USERNAME: 'amends' },
  KAFKA_TLS_KEY: { KAFKA_TLS: 'true', KAFKA_TLS_CERT: '-----BEGIN CERTIFICATE-----' },
};
const SCHEMAS = { standaloneConfig, apiConfig, detectorConfig, RemedyConfig };
const cases = Object.entries(SCHEMAS).flatMap(([program, schema]) =>
  Object.keys(SECRETS)
    .filter((name) => name in schema.shape)
    .map((name) => ({ program, name, schema: schema as z.ZodObject })),
);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'amends-secrets-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

it('every setting that is called a secret, password, key or token is known to be one', () => {
  const all = Object.values(SCHEMAS).flatMap((schema) => Object.keys(schema.shape));
  const called = all.filter((name) => /SECRET|PASSWORD|TOKEN|_KEY$/.test(name));

  expect([...new Set(called)].filter((name) => !(name in SECRETS))).toEqual([]);
});

it.each(cases)('$program reads $name from a file', ({ name, schema }) => {
  const path = join(folder, name);
  const value = SECRETS[name] ?? '';
  writeFileSync(path, `${value}\n`);
  const parsed = parseConfig(schema, { ...COMPANIONS[name], [`${name}_FILE`]: path });
  const problems = parsed.ok ? [] : parsed.problems.filter(({ variable }) => variable === name);

  expect(problems).toEqual([]);
  if (parsed.ok) expect(parsed.config[name]).toBe(value);
});

it.each(cases)('$program never repeats $name, however wrong it is', ({ name, schema }) => {
  const parsed = parseConfig(schema, { [name]: ' canary that is wrong ' });

  if (parsed.ok) return;
  expect(describeConfigProblems(parsed.problems)).not.toContain('canary');
});
