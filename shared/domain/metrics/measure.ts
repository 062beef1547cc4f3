import type { ProcessStats } from '../../kernel/process-stats.ts';
import type { TierCounts } from '../head.ts';
import type { CacheMetrics } from './cache-figures.ts';
import { METRICS } from './catalogue.ts';
import {
  type Counted,
  firestoreMetrics,
  functionMetrics,
  itemMetrics,
  migrationMetrics,
  pubsubMetrics,
  summaryMetrics,
} from './counted-figures.ts';
import type { Measurements, ProcessMetrics, TierMetrics } from './measurements.ts';
import { isDistribution } from './metric.ts';
import { seriesWith } from './series.ts';

/** What one sample read; what was out of reach is absent. */
export interface Read {
  readonly atMs: number;
  readonly l1: CacheMetrics | undefined;
  readonly redis: CacheMetrics | undefined;
  readonly totals:
    | { readonly sessions: number; readonly summaries: number; readonly tiers: TierCounts }
    | undefined;
  readonly process: ProcessStats;
  readonly counted: Counted;
  /** Whether a memory is watched, not the process alone. */
  readonly hasMemory: boolean;
}

/** The snapshot's figures. */
export function measure({
  atMs,
  l1,
  redis,
  totals,
  process,
  counted,
  hasMemory,
}: Read): Measurements {
  return {
    atMs,
    cache: redis ?? l1,
    l1,
    redis,
    tiers: totals && tierMetrics(totals.tiers),
    store: totals && { sessions: totals.sessions },
    process: processMetrics(process, counted),
    functions: hasMemory ? functionMetrics(counted) : undefined,
    items: hasMemory ? itemMetrics(counted) : undefined,
    migrations: hasMemory ? migrationMetrics(counted) : undefined,
    summaries: hasMemory ? summaryMetrics(counted, totals?.summaries) : undefined,
    pubsub: hasMemory ? pubsubMetrics(counted) : undefined,
    firestore: firestoreMetrics(counted),
  };
}

const tierMetrics = ({ hot, warm, cold }: TierCounts): TierMetrics => ({
  hot: { items: hot.items, bytes: hot.bytes },
  warm: { items: warm.items, bytes: warm.bytes },
  cold: { items: cold.items, bytes: cold.bytes, rawBytes: cold.rawBytes },
});

function processMetrics(process: ProcessStats, { now }: Counted): ProcessMetrics {
  const pauses = seriesWith(now, METRICS.gcPause)
    .filter(isDistribution)
    .map(({ distribution }) => distribution);
  return {
    ...process,
    gcPauses: pauses.reduce((sum, { count }) => sum + count, 0),
    gcPauseMs: pauses.reduce((sum, { sumMs }) => sum + sumMs, 0),
  };
}
