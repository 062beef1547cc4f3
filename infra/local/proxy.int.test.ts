import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../shared/kernel/logger.ts';
import { freePort } from './child.ts';
import { createGateway } from './gateway.ts';
import { listen, stopListening } from './listen.ts';
import { createProxy } from './proxy.ts';
import { until } from './test-stack.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function serve(server: ReturnType<typeof createServer>): Promise<number> {
  const port = await listen(server, '127.0.0.1', 0);
  ends.push(() => stopListening(server, 0));
  return port;
}

/** A gateway in front of a function that answers as told. */
async function gatewayTo(answer: (req: IncomingMessage, res: ServerResponse) => void) {
  return gatewayAt(await serve(createServer(answer)));
}

async function gatewayAt(port: number): Promise<string> {
  const proxy = (name: 'read-items' | 'ingest-items', kind: 'http' | 'event') =>
    [name, { name, kind, server: createProxy({ host: '127.0.0.1', port }, silentLogger) }] as const;
  const functions = new Map([proxy('read-items', 'http'), proxy('ingest-items', 'event')]);
  return `http://127.0.0.1:${await serve(createGateway(functions, silentLogger))}`;
}

async function bodyOf(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe('the gateway to functions in other processes', () => {
  it('passes on method, path, headers and body, and the answer as it is', async () => {
    const url = await gatewayTo(async (req, res) => {
      const seen = [req.method, req.url, req.headers['x-mine'], await bodyOf(req)];
      res.writeHead(418, { 'x-theirs': 'yes', 'content-type': 'text/plain' });
      res.end(JSON.stringify(seen));
    });
    const response = await fetch(`${url}/read-items/a%20b?x=1&x=2`, {
      method: 'PATCH',
      headers: { 'x-mine': 'here' },
      body: 'Grüße',
    });
    expect(response.status).toBe(418);
    expect(response.headers.get('x-theirs')).toBe('yes');
    expect(await response.json()).toEqual(['PATCH', '/a%20b?x=1&x=2', 'here', 'Grüße']);
  });

  it('passes an event on with its body, which was read before, and the topic in the path', async () => {
    const url = await gatewayTo(async (req, res) => {
      res.end(JSON.stringify([req.url, req.headers['content-length'], await bodyOf(req)]));
    });
    const body = '{"message":{"data":"e30=","messageId":"m1"}}';
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${url}/ingest-items`, { method: 'POST', headers, body });
    expect(await response.json()).toEqual([
      '/projects/local/topics/memory-append',
      String(body.length),
      body,
    ]);
  });

  it('answers 503 with a problem while the function is not there', async () => {
    const response = await fetch(`${await gatewayAt(await freePort())}/read-items/healthz`);
    expect(response.status).toBe(503);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({ code: 'unavailable' });
  });

  it('gives a request up whose client has gone', async () => {
    let isGivenUp = false;
    let hasArrived = false;
    const url = await gatewayTo((_req, res) => {
      hasArrived = true;
      res.on('close', () => {
        isGivenUp = true;
      });
    });
    const controller = new AbortController();
    const asked = fetch(`${url}/read-items/slow`, { signal: controller.signal });
    await until('the request', async () => hasArrived);
    controller.abort();
    await expect(asked).rejects.toThrow();
    await until('its end', async () => isGivenUp);
  });

  it('tears the connection when an answer ends half way', async () => {
    const url = await gatewayTo((_req, res) => {
      res.writeHead(200, { 'content-length': '100' });
      res.write('half', () => res.destroy());
    });
    const response = await fetch(`${url}/read-items/half`);
    await expect(response.text()).rejects.toThrow();
  });
});
