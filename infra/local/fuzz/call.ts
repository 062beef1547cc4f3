import { Agent, request } from 'node:http';

/** A request as it goes over the wire, right or wrong. */
export interface Call {
  readonly method: string;
  /** Path and query, as they are. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
}

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

const agent = new Agent({ keepAlive: true, maxSockets: 1 });

/** Sends a call as it is; `fetch` would mend the path and refuse the rest. */
export function sendCall(url: string, { method, target, headers, body }: Call): Promise<Answer> {
  const { hostname, port } = new URL(url);
  // Node frames the body of a POST by itself, and that of a GET not at all.
  const framed = { ...headers, ...(body && { 'content-length': String(body.length) }) };
  return new Promise((resolve, reject) => {
    const sent = request(
      { hostname, port, method, path: target, headers: framed, agent },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            type: response.headers['content-type'] ?? '',
            text: Buffer.concat(chunks).toString('utf8'),
          }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}
