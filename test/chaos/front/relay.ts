import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
}

/** Carries bytes between clients and one server, and can fail to, as wires and load balancers do. */
export interface Relay extends AsyncDisposable {
  readonly port: number;
  /** Ends a share of the connections with a reset. */
  cut(share: number): void;
  /** The connections there are now fall silent, and end with a reset after `ms`. */
  freeze(ms: number): void;
}

export async function openRelay(port: number, to: number): Promise<Relay> {
  const pairs = new Set<Pair>();
  const thaws = new Set<NodeJS.Timeout>();

  const end = (pair: Pair): void => {
    pairs.delete(pair);
    pair.client.resetAndDestroy();
    pair.server.resetAndDestroy();
  };

  const listener = net.createServer({ noDelay: true, allowHalfOpen: false }, (client) => {
    const server = net.connect({ port: to, host: '127.0.0.1', noDelay: true });
    const pair = { client, server };
    pairs.add(pair);
    for (const socket of [client, server]) {
      socket.on('error', () => end(pair));
      socket.on('close', () => end(pair));
    }
    client.pipe(server);
    server.pipe(client);
  });
  listener.listen(port, '127.0.0.1');
  await once(listener, 'listening');

  return {
    port: (listener.address() as AddressInfo).port,
    cut(share) {
      const all = [...pairs];
      for (const pair of all.slice(0, Math.ceil(all.length * share))) end(pair);
    },
    freeze(ms) {
      const frozen = [...pairs];
      for (const { client, server } of frozen) {
        client.unpipe(server).pause();
        server.unpipe(client).pause();
      }
      const thaw = setTimeout(() => {
        thaws.delete(thaw);
        for (const pair of frozen) end(pair);
      }, ms);
      thaws.add(thaw);
    },
    async [Symbol.asyncDispose]() {
      for (const thaw of thaws) clearTimeout(thaw);
      for (const pair of pairs) end(pair);
      listener.close();
      await once(listener, 'close');
    },
  };
}
