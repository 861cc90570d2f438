import { z } from 'zod';
import { setting } from './settings';

const pem = (what: string) =>
  z
    .string()
    .regex(/-----BEGIN [A-Z ]+-----/, { error: `must be ${what} in PEM form` })
    .optional();

/** How Kafka is reached; a name with `_FILE` behind it reads the value from a file, secrets above all. */
export const KAFKA_SETTINGS = {
  /** Absent: there is no Kafka, and events come from the log in PostgreSQL. */
  KAFKA_BROKERS: setting.list().optional(),
  KAFKA_SASL_MECHANISM: z
    .string()
    .toLowerCase()
    .pipe(
      z.enum(['plain', 'scram-sha-256', 'scram-sha-512'], {
        error: 'must be plain, scram-sha-256 or scram-sha-512',
      }),
    )
    .optional(),
  KAFKA_SASL_USERNAME: z.string().min(1).optional(),
  KAFKA_SASL_PASSWORD: z.string().min(1).optional(),
  KAFKA_TLS: setting.flag().default(false),
  /** Without it the authorities that Node trusts. */
  KAFKA_TLS_CA: pem('a certificate'),
  /** Of this client, where brokers ask for one. */
  KAFKA_TLS_CERT: pem('a certificate'),
  KAFKA_TLS_KEY: pem('a private key'),
} as const;

type Kafka = z.output<z.ZodObject<typeof KAFKA_SETTINGS>>;

interface Issues {
  addIssue(issue: { code: 'custom'; path: string[]; message: string }): void;
}

/** Settings that do not go together; for `superRefine`. */
export function checkKafkaSettings(env: Kafka, issues: Issues): void {
  const say = (isWrong: boolean, variable: keyof Kafka, message: string): void => {
    if (isWrong) issues.addIssue({ code: 'custom', path: [variable], message });
  };
  const hasMechanism = env.KAFKA_SASL_MECHANISM !== undefined;
  for (const name of ['KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD'] as const) {
    const isSet = env[name] !== undefined;
    say(hasMechanism && !isSet, name, 'goes with KAFKA_SASL_MECHANISM');
    say(!hasMechanism && isSet, name, 'needs KAFKA_SASL_MECHANISM');
  }
  for (const name of ['KAFKA_TLS_CA', 'KAFKA_TLS_CERT', 'KAFKA_TLS_KEY'] as const) {
    say(env[name] !== undefined && !env.KAFKA_TLS, name, 'needs KAFKA_TLS=true');
  }
  const hasHalf = (env.KAFKA_TLS_CERT === undefined) !== (env.KAFKA_TLS_KEY === undefined);
  say(hasHalf, 'KAFKA_TLS_KEY', 'belongs together with KAFKA_TLS_CERT: both or none');
}
