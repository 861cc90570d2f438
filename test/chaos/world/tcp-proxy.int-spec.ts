import { connect, createServer, type AddressInfo } from 'node:net';
import { TcpProxy } from './tcp-proxy';

it('what comes late comes in its order, also when the delay shrinks and ends in between', async () => {
  const received: Buffer[] = [];
  const server = createServer((socket) => socket.on('data', (chunk) => received.push(chunk)));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const proxy = await TcpProxy.listen('spec', () => port);
  const client = connect({ host: '127.0.0.1', port: proxy.port, noDelay: true });
  await new Promise((done) => client.once('connect', done));

  let sent = '';
  for (let piece = 0; piece < 300; piece += 1) {
    proxy.delay(piece < 280 ? () => 40 - (piece % 40) : undefined);
    const text = `${String(piece)};`;
    sent += text;
    client.write(text);
    await new Promise((done) => setTimeout(done, piece % 3));
  }
  await new Promise((done) => setTimeout(done, 200));

  expect(Buffer.concat(received).toString()).toBe(sent);
  expect(proxy.counts.delayed).toBeGreaterThan(100);
  client.destroy();
  await proxy.close();
  server.close();
}, 20_000);
