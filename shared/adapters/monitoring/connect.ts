import { MetricServiceClient } from '@google-cloud/monitoring';
import { SECOND_MS } from '../../kernel/clock.ts';
import type { MonitoringClient } from './monitoring-client.ts';

export interface MonitoringAddress {
  readonly projectId: string;
  /** Another address than the public one; with `http` it is called without credentials. */
  readonly url?: string;
}

/** The exporter bounds the whole; this keeps one hanging call from using all of it. */
const TIMEOUT_MS = 4 * SECOND_MS;
// A point that comes late is worth nothing, and a retry may bring it twice.
const CALL = { timeout: TIMEOUT_MS, retry: null };

/**
 * A client for one project. It speaks REST: a call a minute needs no open channel, and one that was
 * frozen with its function for an hour would be dead.
 *
 * Rejects where there are no credentials.
 */
export async function connectMonitoring({
  projectId,
  url,
}: MonitoringAddress): Promise<MonitoringClient> {
  const client = new MetricServiceClient({ fallback: true, projectId, ...optionsFor(url) });
  // Without this a call leaves its own, rejected, which nobody holds: that ends the process.
  await client.initialize();
  const name = `projects/${projectId}`;
  return {
    async listTypes(prefix, signal) {
      const filter = `metric.type = starts_with("${prefix}")`;
      const [found] = await client.listMetricDescriptors({ name, filter }, { ...CALL, signal });
      return new Set(found.map(({ type }) => type ?? ''));
    },
    async createDescriptor({ labels, ...descriptor }, signal) {
      const metricDescriptor = { ...descriptor, labels: [...labels] };
      await client.createMetricDescriptor({ name, metricDescriptor }, { ...CALL, signal });
    },
    async write(series, signal) {
      const timeSeries = series.map(({ points, ...one }) => ({ ...one, points: [...points] }));
      await client.createTimeSeries({ name, timeSeries }, { ...CALL, signal });
    },
  };
}

type Options = NonNullable<ConstructorParameters<typeof MetricServiceClient>[0]>;

function optionsFor(url: string | undefined): Options {
  if (url === undefined) return {};
  const { hostname, port, protocol } = new URL(url);
  const isPlain = protocol === 'http:';
  return {
    apiEndpoint: hostname,
    port: Number(port) || (isPlain ? 80 : 443),
    ...(isPlain && { protocol: 'http', authClient: WITHOUT_CREDENTIALS }),
  };
}

/** All that the client's REST calls use of an `AuthClient`. */
const WITHOUT_CREDENTIALS = {
  fetch: (url: string, init: RequestInit) => fetch(url, init),
  getRequestHeaders: async () => new Headers(),
  universeDomain: 'googleapis.com',
  // The class has more, which its own package alone can make.
} as unknown as NonNullable<Options['authClient']>;
