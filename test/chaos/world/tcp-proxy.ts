import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';

/** What a proxy did to whoever speaks through it. */
export interface ProxyCounts {
  /** Connections broken off. */
  cut: number;
  /** Connections broken off just after a commit had gone through. */
  commitsCut: number;
  /** Pieces of data that came late. */
  delayed: number;
  /** Pieces of data that were kept back in silence. */
  swallowed: number;
  /** Connections that the other side broke off: it died. */
  lost: number;
}

interface Pair {
  readonly client: Socket;
  readonly upstream: Socket;
  /** What is on its way late, so that the order stays: a timer for each piece would not keep it. */
  readonly late: Readonly<Record<Way, LatePiece[]>>;
}

type Way = 'up' | 'down';

interface LatePiece {
  readonly chunk: Buffer;
  readonly dueMs: number;
}

const COMMIT = Buffer.from('commit');

/** One arrow of the picture: everything passes, late, never, or only so far, as it is told. */
export class TcpProxy {
  readonly counts: ProxyCounts = { cut: 0, commitsCut: 0, delayed: 0, swallowed: 0, lost: 0 };
  private readonly pairs = new Set<Pair>();
  private delayMs: (() => number) | undefined;
  private isSilent = false;
  private commitsToCut = 0;

  private constructor(
    readonly name: string,
    private readonly server: Server,
  ) {}

  /** On a free port of its own. */
  static async listen(name: string, targetPort: () => number): Promise<TcpProxy> {
    const server = createServer({ pauseOnConnect: true });
    const proxy = new TcpProxy(name, server);
    server.on('connection', (client) => {
      proxy.join(client, connect({ host: '127.0.0.1', port: targetPort(), noDelay: true }));
    });
    await new Promise<void>((done, fail) => {
      server.once('error', fail).listen(0, '127.0.0.1', done);
    });
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Breaks off every connection there is; answers how many. */
  cut(): number {
    const { size } = this.pairs;
    for (const pair of this.pairs) this.drop(pair);
    this.counts.cut += size;
    return size;
  }

  /** The next commits go through, and their answers do not. */
  cutCommits(count: number): void {
    this.commitsToCut = count;
  }

  /** Undefined: no more. */
  delay(delayMs: (() => number) | undefined): void {
    this.delayMs = delayMs;
  }

  /** Takes everything and lets nothing through. */
  silence(isSilent: boolean): void {
    this.isSilent = isSilent;
    for (const { client, upstream } of this.pairs) {
      for (const socket of [client, upstream]) {
        if (isSilent) socket.pause();
        else socket.resume();
      }
    }
    if (isSilent) this.counts.swallowed += this.pairs.size;
  }

  async close(): Promise<void> {
    const closed = new Promise((done) => this.server.close(done));
    this.cut();
    await closed;
  }

  private join(client: Socket, upstream: Socket): void {
    client.setNoDelay(true);
    const pair: Pair = { client, upstream, late: { up: [], down: [] } };
    this.pairs.add(pair);
    client.on('data', (chunk) => {
      this.pass(pair, 'up', chunk);
    });
    upstream.on('data', (chunk) => {
      this.pass(pair, 'down', chunk);
    });
    for (const socket of [client, upstream]) socket.on('error', () => undefined);
    client.on('close', () => {
      this.drop(pair);
    });
    upstream.on('close', () => {
      if (this.pairs.has(pair)) this.counts.lost += 1;
      this.drop(pair);
    });
    if (this.isSilent) {
      this.counts.swallowed += 1;
      upstream.pause();
    } else client.resume();
  }

  private pass(pair: Pair, way: Way, chunk: Buffer): void {
    const to = way === 'up' ? pair.upstream : pair.client;
    const from = way === 'up' ? pair.client : pair.upstream;
    const isCut = way === 'up' && this.commitsToCut > 0 && chunk.includes(COMMIT);
    if (isCut) this.commitsToCut -= 1;
    const delayMs = this.delayMs?.() ?? 0;
    if (delayMs > 0 || pair.late[way].length > 0) {
      this.counts.delayed += 1;
      this.passLate(pair, way, { chunk, dueMs: performance.now() + delayMs });
    } else if (!to.write(chunk) && !isCut) {
      from.pause();
      to.once('drain', () => {
        if (!this.isSilent) from.resume();
      });
    }
    if (isCut) this.cutAfter(pair);
  }

  private passLate(pair: Pair, way: Way, piece: LatePiece): void {
    const late = pair.late[way];
    const to = way === 'up' ? pair.upstream : pair.client;
    late.push(piece);
    if (late.length > 1) return;
    const passFirst = (): void => {
      const [first, next] = late;
      if (first !== undefined) to.write(first.chunk);
      late.shift();
      if (next !== undefined) setTimeout(passFirst, Math.max(0, next.dueMs - performance.now()));
    };
    setTimeout(passFirst, piece.dueMs - performance.now());
  }

  /** It is carried out there, and nobody here will know. */
  private cutAfter(pair: Pair): void {
    this.counts.commitsCut += 1;
    this.pairs.delete(pair);
    pair.client.resetAndDestroy();
    setTimeout(() => pair.upstream.destroy(), 250);
  }

  private drop(pair: Pair): void {
    this.pairs.delete(pair);
    pair.client.resetAndDestroy();
    pair.upstream.destroy();
  }
}
