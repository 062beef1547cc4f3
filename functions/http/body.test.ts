import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../shared/kernel/app-error.ts';
import { readBody } from './body.ts';

let server: Server;
let read: (incoming: IncomingMessage) => Promise<Buffer>;
let outcome: Promise<string>;
beforeEach(async () => {
  outcome = new Promise((resolve) => {
    server = createServer((incoming, outgoing) => {
      void read(incoming)
        .then(
          (body) => `read ${body.length}`,
          (error: unknown) => AppError.from(error).code,
        )
        .then((text) => {
          outgoing.end();
          resolve(text);
        });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** A client that sends chunks and then ends, stops or goes away. */
function send(chunks: readonly string[], end: 'end' | 'stop' | 'go away') {
  // A server that listens on a port has an address of this kind.
  const { port } = server.address() as AddressInfo;
  const sent = request({ port, host: '127.0.0.1', method: 'POST' });
  sent.on('error', () => undefined);
  for (const chunk of chunks) sent.write(chunk);
  if (end === 'end') sent.end();
  if (end === 'go away') setTimeout(() => sent.destroy(), 20);
}

describe('readBody', () => {
  it('reads what comes', async () => {
    read = (incoming) => readBody(incoming);
    send(['abc', 'def'], 'end');
    expect(await outcome).toBe('read 6');
  });

  it('waits no longer than it is told for a client that stops sending', async () => {
    read = (incoming) => readBody(incoming, { maxMs: 30 });
    send(['abc'], 'stop');
    expect(await outcome).toBe('request-timeout');
  });

  it('notices a client that goes away', async () => {
    read = (incoming) => readBody(incoming);
    send(['abc'], 'go away');
    expect(await outcome).toBe('invalid-argument');
  });

  it('refuses what is too long', async () => {
    read = (incoming) => readBody(incoming, { maxBytes: 5 });
    send(['abc', 'def'], 'end');
    expect(await outcome).toBe('payload-too-large');
  });

  it('keeps nothing that it was not allowed to hold', async () => {
    let heldBytes = 0;
    const hold = (bytes: number) => {
      if (heldBytes + bytes > 4) throw new AppError('unavailable', 'enough');
      heldBytes += bytes;
    };
    read = (incoming) => readBody(incoming, { hold });
    send(['abc', 'defghi', 'j'], 'end');
    expect(await outcome).toBe('unavailable');
    expect(heldBytes).toBeLessThanOrEqual(4);
  });
});
