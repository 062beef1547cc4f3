import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { sendLines } from './send-lines.ts';

it('stops reading for a client that went away in the middle, and lets go of what it read from', async () => {
  const { promise: ended, resolve: end } = Promise.withResolvers<number>();
  async function* lines() {
    let sent = 0;
    try {
      for (; ; sent++) yield { text: 'x'.repeat(10_000) };
    } finally {
      end(sent);
    }
  }
  const server = createServer((_req, res) => void sendLines(res, lines()).catch(() => undefined));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const asked = get({ port, host: '127.0.0.1' }, (response) => {
    response.once('data', () => asked.destroy());
  });
  asked.on('error', () => undefined); // The connection that this client tears.
  expect(await ended).toBeGreaterThan(0);
});
