import { useTestDatabase } from '@amends/testing';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Pools } from './pools';

const database = useTestDatabase();

/** Passes everything on, until it is told to swallow what comes, without ending a connection. */
class SilentProxy {
  isSilent = false;
  private readonly sockets: Socket[] = [];

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async to(host: string, port: number): Promise<SilentProxy> {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const proxy = new SilentProxy(server, (server.address() as AddressInfo).port);
    server.on('connection', (near) => {
      const far = connect(port, host);
      proxy.pass(near, far);
      proxy.pass(far, near);
    });
    return proxy;
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
  }

  private pass(from: Socket, to: Socket): void {
    this.sockets.push(from);
    from.on('data', (bytes) => {
      if (!this.isSilent) to.write(bytes);
    });
    from.on('close', () => to.destroy());
    from.on('error', () => to.destroy());
  }
}

it('a statement that a silent database never answers is given up, and the next one has a new connection', async () => {
  const url = new URL(database().url);
  const proxy = await SilentProxy.to(url.hostname, Number(url.port));
  url.port = String(proxy.port);
  const sizes = { spec: 1 };
  const pools = await Pools.open({ url: url.href, sizes, answerTimeoutMs: 400 });
  const pool = pools.get('spec');
  await pool.query('select 1');

  proxy.isSilent = true;
  await expect(pool.query('select 2')).rejects.toThrow(/timeout/i);
  proxy.isSilent = false;
  const { rows } = await pool.query<{ three: number }>('select 3 as three');
  expect(rows).toEqual([{ three: 3 }]);

  await pools.close();
  proxy.close();
});
