import type { CacheCounters } from '../domain/metrics/cache-figures.ts';
import { METRICS } from '../domain/metrics/catalogue.ts';
import type { Reliefs } from '../domain/metrics/relief.ts';
import type { Logger } from '../kernel/logger.ts';
import type { EventBus } from '../ports/event-bus.ts';
import type { HeadCache } from '../ports/head-cache.ts';
import type { Meter } from '../ports/meter.ts';
import type { MetricsExporter } from '../ports/metrics-exporter.ts';
import type { SessionIndex, StoreTotals } from '../ports/session-index.ts';

/** What is looked at. A missing source leaves its part of the snapshot absent. */
export interface MetricsSources {
  /** The hot tier's half in this process. */
  readonly l1?: Pick<HeadCache, 'stats'> | undefined;
  readonly redis?: Pick<HeadCache, 'stats'> | undefined;
  readonly index?: Pick<SessionIndex, 'totals'> | undefined;
  readonly meter?: Meter | undefined;
  readonly bus?: EventBus | undefined;
  /** Used less of while a figure of its name is critical. */
  readonly relief?: Reliefs | undefined;
  /** Given every sample. */
  readonly exporter?: MetricsExporter | undefined;
}

/** What was read; what is missing or out of reach is absent. */
export interface Sources {
  readonly l1: CacheCounters | undefined;
  readonly redis: CacheCounters | undefined;
  readonly totals: StoreTotals | undefined;
}

/**
 * Reads the caches, and the store too where it is asked for. A source that fails is logged and left
 * out: metrics matter most while something is down.
 */
export async function readSources(
  { l1: local, redis: remote, index }: MetricsSources,
  { withStore, meter, log }: { withStore: boolean; readonly meter: Meter; readonly log: Logger },
): Promise<Sources> {
  const attempt = async <T>(source: string, read: () => T | Promise<T>): Promise<T | undefined> => {
    try {
      return await read();
    } catch (error) {
      meter.count(METRICS.sourcesUnread, 1, { source });
      log.warning('Metrics could not be read', { source, error });
      return undefined;
    }
  };
  const [l1, redis] = await Promise.all([
    local && attempt('l1', () => local.stats()),
    remote && attempt('redis', () => remote.stats()),
  ]);
  // Only then: the first read of a process may load the store's client, which keeps the event loop
  // longer than Redis has to answer.
  const totals = withStore && index ? await attempt('store', () => index.totals()) : undefined;
  return { l1, redis, totals };
}
