import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { urlOf } from '../../functions/http/intake.ts';
import { findEndpoint } from '../../functions/http/router.ts';
import { JSON_TYPE, sendProblem, sendText } from '../../functions/http/send.ts';
import { AppError } from '../../shared/kernel/app-error.ts';
import type { Logger } from '../../shared/kernel/logger.ts';
import { SUBSCRIPTIONS } from '../../shared/topology.ts';
import { readEvent } from './event-intake.ts';
import type { LocalFunction } from './local-functions.ts';

/** Longer than clients keep a connection for reuse, so that none is closed under a request. */
const KEEP_ALIVE_MS = 65_000;

/**
 * One server for all functions, in the layout of Cloud Functions: the first segment of the path
 * names the function, the rest is the function's own path.
 */
export function createGateway(functions: ReadonlyMap<string, LocalFunction>, log: Logger): Server {
  const server = createServer((req, res) => {
    dispatch(functions, req, res).catch((error: unknown) => sendProblem(res, error, log));
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  return server;
}

async function dispatch(
  functions: ReadonlyMap<string, LocalFunction>,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const url = urlOf(req);
  const [, name = '', rest = ''] = /^\/([^/?]*)(.*)$/s.exec(url) ?? [];
  if (name === '' && !rest.startsWith('/')) return sendIndex(functions, req, res);
  const target = functions.get(name);
  if (!target)
    throw new AppError('not-found', `There is no function of this name`, {
      details: { functions: [...functions.keys()] },
    });
  if (target.kind === 'event') {
    await readEvent(req);
    req.url = pushPath(target);
  } else {
    // A path that cannot be decoded is answered by the function; the framework must not see it.
    req.url = req.url === url ? (rest.startsWith('/') ? rest : `/${rest}`) : '/';
  }
  target.server.emit('request', req, res);
}

/** The framework takes the topic of a Pub/Sub push from the path. */
const pushPath = ({ name }: LocalFunction): string => {
  const topic = SUBSCRIPTIONS.find(({ target }) => target === name)?.topic ?? name;
  return `/projects/local/topics/${topic}`;
};

function sendIndex(
  functions: ReadonlyMap<string, LocalFunction>,
  req: IncomingMessage,
  res: ServerResponse,
): void {
  findEndpoint([{ method: 'GET', path: '/' }], req.method ?? '', '/');
  const list = [...functions.values()].map(({ name, kind }) => ({ name, kind, path: `/${name}` }));
  sendText(res, 200, JSON.stringify({ service: 'strata', functions: list }), JSON_TYPE);
}
