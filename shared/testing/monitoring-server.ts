import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Descriptor } from './monitoring-rules.ts';
import { type Answer, MonitoringState, refusal, type WrittenSeries } from './monitoring-state.ts';

/** A call as it came in. */
export interface MonitoringCall {
  readonly method: string;
  readonly path: string;
  readonly seriesCount: number;
}

/** Speaks the part of Cloud Monitoring's REST API that is used here, on loopback, by its rules. */
export interface MonitoringServer {
  readonly url: string;
  readonly calls: readonly MonitoringCall[];
  readonly descriptors: ReadonlyMap<string, Descriptor>;
  /** Every series that has a point. */
  readonly series: readonly WrittenSeries[];
  /** Answers everything with this status from now on, or nothing at all; absent: by the rules. */
  outage: { readonly status: number } | 'silence' | undefined;
  close(): Promise<void>;
}

interface Options {
  /** Points are judged by this time. */
  readonly now?: () => number;
}

const STATUS_NAMES: Readonly<Record<number, string>> = {
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
};

export async function startMonitoringServer({
  now = Date.now,
}: Options = {}): Promise<MonitoringServer> {
  const state = new MonitoringState(now);
  const calls: MonitoringCall[] = [];
  let outage: MonitoringServer['outage'];
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const { method = '', url = '' } = request;
      const [path = ''] = url.split('?');
      const sent = body as { readonly timeSeries?: readonly unknown[] };
      calls.push({ method, path, seriesCount: sent.timeSeries?.length ?? 0 });
      if (outage === 'silence') return;
      const answer = outage
        ? refusal(outage.status, STATUS_NAMES[outage.status] ?? 'UNKNOWN', 'The call was refused.')
        : state.answer(method, url, body);
      send(response, answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A TCP server's address is never the text of a pipe.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    descriptors: state.descriptors,
    get series() {
      return [...state.written.values()];
    },
    get outage() {
      return outage;
    },
    set outage(next) {
      outage = next;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return chunks.length === 0 ? {} : JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

function send(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' });
  response.end(JSON.stringify(body));
}
