import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';

/** A Redis that refuses whatever touches a key, and repeats in its refusal what it was sent. */
export interface QuotingRedis {
  readonly url: string;
  /** How often it refused. */
  readonly refusals: number;
  close(): Promise<void>;
}

const INFO = 'redis_version:7.2.0\r\nloading:0\r\nused_memory:1\r\nmaxmemory:0\r\n';

export async function startQuotingRedis(): Promise<QuotingRedis> {
  let refusals = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let buffered = '';
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      buffered += chunk.toString('latin1');
      for (let command = takeCommand(buffered); command; command = takeCommand(buffered)) {
        buffered = buffered.slice(command.length);
        const answer = answerTo(command.parts);
        if (answer.startsWith('-')) refusals += 1;
        socket.write(answer, 'latin1');
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A TCP server's address is never the text of a pipe.
  const { port } = server.address() as AddressInfo;
  return {
    url: `redis://127.0.0.1:${port}`,
    get refusals() {
      return refusals;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answerTo([name = '', ...args]: readonly string[]): string {
  switch (name.toLowerCase()) {
    case 'info':
      return `$${INFO.length}\r\n${INFO}\r\n`;
    case 'ping':
      return '+PONG\r\n';
    case 'client':
    case 'select':
    case 'config':
      return '+OK\r\n';
    default: {
      // https://redis.io: "ERR unknown command 'x', with args beginning with: 'y' 'z'"
      const quoted = args.map((arg) => `'${arg.replaceAll(/[\r\n]/g, ' ')}'`).join(' ');
      return `-ERR unknown command '${name}', with args beginning with: ${quoted}\r\n`;
    }
  }
}

/** The first whole command of what came in, in RESP: `*<count>` and `$<bytes>` with each part. */
function takeCommand(
  text: string,
): { readonly parts: readonly string[]; readonly length: number } | undefined {
  const [head, count] = /^\*(\d+)\r\n/.exec(text) ?? [];
  if (head === undefined) return undefined;
  const parts: string[] = [];
  let at = head.length;
  for (let left = Number(count); left > 0; left -= 1) {
    const [size, bytes] = /^\$(\d+)\r\n/.exec(text.slice(at, at + 20)) ?? [];
    if (size === undefined) return undefined;
    at += size.length + Number(bytes) + 2;
    if (at > text.length) return undefined;
    parts.push(text.slice(at - Number(bytes) - 2, at - 2));
  }
  return { parts, length: at };
}
