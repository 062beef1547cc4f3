import {
  Agent,
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { BodyRequest } from '../../functions/http/body.ts';
import { sendProblem } from '../../functions/http/send.ts';
import { AppError } from '../../shared/kernel/app-error.ts';
import type { Logger } from '../../shared/kernel/logger.ts';

export interface ProxyTarget {
  readonly host: string;
  readonly port: number;
}

/** Headers of one connection, not of the message (RFC 9110, section 7.6.1). */
const HOP_BY_HOP = ['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'upgrade'];

/**
 * A server that listens nowhere and passes what it is fed on to another one. The body goes through
 * as it comes, or as it was read already.
 */
export function createProxy(target: ProxyTarget, log: Logger): Server {
  const agent = new Agent({ keepAlive: true });
  const server = createServer((req, res) => forward(req, res, { target, agent, log }));
  server.on('close', () => agent.destroy());
  return server;
}

interface Route {
  readonly target: ProxyTarget;
  readonly agent: Agent;
  readonly log: Logger;
}

function forward(req: BodyRequest, res: ServerResponse, { target, agent, log }: Route): void {
  const { method = 'GET', url = '/', rawBody } = req;
  const headers = passedOn(req);
  if (rawBody) headers['content-length'] = String(rawBody.length);
  const upstream = request({ ...target, agent, method, path: url, headers });
  upstream.on('response', (answer) => {
    res.writeHead(answer.statusCode ?? 502, passedOn(answer));
    answer.on('error', () => res.destroy());
    answer.pipe(res);
  });
  upstream.on('error', (cause) => {
    sendProblem(res, new AppError('unavailable', 'The function gave no answer', { cause }), log);
  });
  // A client that went away needs no answer any more.
  res.on('close', () => {
    if (!res.writableFinished) upstream.destroy();
  });
  if (rawBody) upstream.end(rawBody);
  else req.pipe(upstream);
}

function passedOn({ headers }: IncomingMessage): Record<string, string | string[]> {
  const kept = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined || HOP_BY_HOP.includes(name) ? [] : [[name, value] as const],
  );
  return Object.fromEntries(kept);
}
