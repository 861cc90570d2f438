import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { freePorts } from '../net/free-ports';
import type { KafkaProcess } from './kafka-process';
import { startOwnBroker } from './test-broker';

export interface SecuredBroker {
  readonly process: KafkaProcess;
  /** SASL in the clear: plain, scram-sha-256, scram-sha-512. */
  readonly sasl: readonly string[];
  /** TLS alone. */
  readonly tls: readonly string[];
  /** SASL over TLS. */
  readonly saslTls: readonly string[];
  /** The broker's certificate, PEM. */
  readonly ca: string;
}

export const SASL_USER = { username: 'amends', password: 'a secret of the spec' };
const STORE_PASSWORD = 'changeit';

/** A broker of a spec's own that asks who is there, and speaks TLS with a certificate of its own. */
export async function startSecuredBroker(): Promise<SecuredBroker> {
  const [sasl = 0, tls = 0, saslTls = 0] = await freePorts(3);
  let ca = '';
  const process = await startOwnBroker((folder) => {
    const store = join(folder, 'broker.p12');
    ca = makeCertificate(store);
    const { username, password } = SASL_USER;
    const at = (name: string, port: number) => `${name}://127.0.0.1:${String(port)}`;
    const plain = `org.apache.kafka.common.security.plain.PlainLoginModule required user_${username}="${password}";`;
    const scram = 'org.apache.kafka.common.security.scram.ScramLoginModule required;';
    const jaas = (listener: string) => [
      `listener.name.${listener}.plain.sasl.jaas.config=${plain}`,
      `listener.name.${listener}.scram-sha-256.sasl.jaas.config=${scram}`,
      `listener.name.${listener}.scram-sha-512.sasl.jaas.config=${scram}`,
    ];
    return {
      scramUsers: ['256', '512'].map(
        (bits) => `SCRAM-SHA-${bits}=[name=${username},password=${password}]`,
      ),
      properties: (port, controllerPort) =>
        [
          'listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SASL:SASL_PLAINTEXT,TLS:SSL,SASLTLS:SASL_SSL',
          `listeners=${[
            at('PLAINTEXT', port),
            at('CONTROLLER', controllerPort),
            at('SASL', sasl),
            at('TLS', tls),
            at('SASLTLS', saslTls),
          ].join(',')}`,
          'inter.broker.listener.name=PLAINTEXT',
          'sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
          ...jaas('sasl'),
          ...jaas('sasltls'),
          `ssl.keystore.location=${store.replaceAll('\\', '/')}`,
          'ssl.keystore.type=PKCS12',
          `ssl.keystore.password=${STORE_PASSWORD}`,
          '',
        ].join('\n'),
    };
  });
  const address = (port: number) => [`127.0.0.1:${String(port)}`];
  return { process, ca, sasl: address(sasl), tls: address(tls), saslTls: address(saslTls) };
}

/** @returns the certificate in PEM form */
function makeCertificate(store: string): string {
  const access = ['-keystore', store, '-storepass', STORE_PASSWORD, '-alias', 'broker'];
  const name = ['-dname', 'CN=127.0.0.1', '-ext', 'SAN=ip:127.0.0.1'];
  const algorithm = ['-keyalg', 'RSA', '-keysize', '2048', '-storetype', 'PKCS12'];
  keytool(['-genkeypair', ...access, ...name, ...algorithm, '-validity', '30']);
  return keytool(['-exportcert', '-rfc', ...access]);
}

function keytool(args: readonly string[]): string {
  const home = process.env['JAVA_HOME'];
  const program = home === undefined ? 'keytool' : join(home, 'bin', 'keytool');
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`keytool: ${stdout}${stderr}`);
  return stdout;
}
