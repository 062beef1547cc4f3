import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { isJsonObject, type JsonObject } from '../kernel/json.ts';
import { type GeminiReply, refusal, success } from './gemini-replies.ts';
import type { Certificate } from './self-signed.ts';

/** A request as it came in. */
export interface GeminiRequest {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: JsonObject;
}

/** Speaks the part of Gemini's API that summaries use, on loopback, and says what a test tells it. */
export interface GeminiServer {
  /** `localhost:<port>`. */
  readonly host: string;
  /** What came in since the last `script`. */
  readonly requests: readonly GeminiRequest[];
  /** Answers the next calls with these, in order, and the last one from then on. */
  script(...replies: readonly GeminiReply[]): void;
  close(): Promise<void>;
}

const PATH =
  /^\/v1\/projects\/[^/]+\/locations\/[^/]+\/publishers\/google\/models\/[^/]+:generateContent$/;
/** The service refuses a field that it does not know. */
const FIELDS = ['contents', 'systemInstruction', 'generationConfig'];
const CONFIG_FIELDS = ['temperature', 'candidateCount', 'maxOutputTokens', 'thinkingConfig'];

/** @param certificate makes it an https server. */
export async function startGeminiServer(certificate?: Certificate): Promise<GeminiServer> {
  let replies: readonly GeminiReply[] = [];
  let requests: GeminiRequest[] = [];
  const listener: RequestListener = (incoming, outgoing) => {
    void read(incoming).then(async (request) => {
      requests.push(request);
      const fault = faultOf(incoming, request);
      const reply =
        fault ?? replies[Math.min(requests.length, replies.length) - 1] ?? success('So.');
      await reply.after;
      outgoing.writeHead(reply.status, reply.headers);
      if (reply.brokenAfter === undefined) outgoing.end(reply.body);
      else outgoing.write(reply.body.slice(0, reply.brokenAfter), () => outgoing.destroy());
    });
  };
  const server = certificate ? createTlsServer(certificate, listener) : createServer(listener);
  const port = await listen(server);
  return {
    host: `localhost:${port}`,
    get requests() {
      return requests;
    },
    script(...next) {
      replies = next;
      requests = [];
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function read(incoming: IncomingMessage): Promise<GeminiRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
  const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  return {
    path: incoming.url ?? '',
    authorization: incoming.headers.authorization,
    body: isJsonObject(body) ? body : {},
  };
}

function faultOf({ method }: IncomingMessage, request: GeminiRequest): GeminiReply | undefined {
  if (method !== 'POST' || !PATH.test(request.path)) return refusal(404, 'NOT_FOUND');
  if (!request.authorization?.startsWith('Bearer ')) return refusal(401, 'UNAUTHENTICATED');
  const config = request.body['generationConfig'];
  const known =
    Object.keys(request.body).every((field) => FIELDS.includes(field)) &&
    isJsonObject(config) &&
    Object.keys(config).every((field) => CONFIG_FIELDS.includes(field));
  return known ? undefined : refusal(400, 'INVALID_ARGUMENT');
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, 'localhost', () => {
      // A TCP server's address is never the text of a pipe.
      resolve((server.address() as AddressInfo).port);
    });
  });
}
