import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves with the port once the server listens. Port 0 takes any free one. */
export function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.removeListener('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}

/** Where to reach what listens there. */
export const urlAt = (host: string, port: number): string =>
  `http://${host.includes(':') ? `[${host}]` : host}:${port}`;

/** Requests still running after this are cut off: a client that reads nothing must not hold us. */
const PATIENCE_MS = 10_000;
const POLL_MS = 20;

/** Stops accepting, lets running requests finish, and resolves when no connection is left. */
export async function stopListening(server: Server, patienceMs = PATIENCE_MS): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const isClosed = closed.then(() => true);
  for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += POLL_MS) {
    // A kept-alive connection becomes idle only after its last answer.
    server.closeIdleConnections();
    if (await Promise.race([isClosed, sleep(POLL_MS, false)])) return;
  }
  server.closeAllConnections();
  await closed;
}
