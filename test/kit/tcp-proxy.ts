import { createConnection, createServer, type Server, type Socket } from 'node:net';

/** A port that leads to another one and can be closed and opened again, with all its connections: a front end that dies. */
export class TcpProxy implements AsyncDisposable {
  readonly port: number;
  readonly #to: number;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;

  private constructor(server: Server, port: number, to: number) {
    this.port = port;
    this.#to = to;
    this.#take(server);
  }

  static async open(to: number): Promise<TcpProxy> {
    const server = createServer();
    await listening(server, 0);
    const address = server.address();
    if (typeof address !== 'object' || address === null) throw new Error('no port');
    return new TcpProxy(server, address.port, to);
  }

  /** Connections that are open through it now. */
  get connections(): number {
    return this.#sockets.size;
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    const closed = server && new Promise<void>((resolve) => void server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async reopen(): Promise<void> {
    const server = createServer();
    await listening(server, this.port);
    this.#take(server);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #take(server: Server): void {
    this.#server = server;
    server.on('connection', (near) => {
      const far = createConnection(this.#to, '127.0.0.1');
      this.#sockets.add(near);
      near.once('close', () => this.#sockets.delete(near));
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        one.setNoDelay(true);
        one.on('error', () => other.destroy());
        one.once('close', () => other.destroy());
        one.pipe(other);
      }
    });
  }
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
}
