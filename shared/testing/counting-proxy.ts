import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A relay in front of a server that sees what really goes over the wire. */
export interface CountingProxy {
  readonly port: number;
  /** Times that a client had to wait: what it sends before the next answer is one round trip. */
  roundTrips(): number;
  /** Cuts every connection; with `refuse` new ones too. */
  cut(refuse: boolean): void;
  close(): Promise<void>;
}

/** Stands in front of `port` on loopback. */
export async function countRoundTrips(port: number): Promise<CountingProxy> {
  const sockets = new Set<Socket>();
  let count = 0;
  let refuses = false;
  const server = createServer((client) => {
    if (refuses) return void client.destroy();
    const upstream = connect(port, '127.0.0.1');
    let isWaiting = false;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on('data', (chunk) => {
      if (!isWaiting) count++;
      isWaiting = true;
      upstream.write(chunk);
    });
    upstream.on('data', (chunk) => {
      isWaiting = false;
      client.write(chunk);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No port was given');
  const cut = (refuse: boolean) => {
    refuses = refuse;
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: address.port,
    roundTrips: () => count,
    cut,
    async close() {
      const closed = once(server, 'close');
      server.close();
      cut(true);
      await closed;
    },
  };
}
