import { isJsonObject } from '../../kernel/json.ts';
import type { ProcessStats } from '../../kernel/process-stats.ts';
import type { CacheMetrics } from './cache-figures.ts';
import { ALL_METRICS } from './catalogue.ts';
import type {
  FirestoreMetrics,
  FunctionMetrics,
  ItemMetrics,
  MigrationMetrics,
  PubsubMetrics,
  SummaryMetrics,
} from './counted-figures.ts';

export interface TierMetrics {
  readonly hot: { readonly items: number; readonly bytes: number };
  readonly warm: { readonly items: number; readonly bytes: number };
  /** `rawBytes` is what the items take uncompressed. */
  readonly cold: { readonly items: number; readonly bytes: number; readonly rawBytes: number };
}

export interface ProcessMetrics extends ProcessStats {
  /** Pauses for garbage collection since the watch began. */
  readonly gcPauses: number;
  readonly gcPauseMs: number;
}

/**
 * What one sample measured. A key is always there; its value is absent while its source is missing
 * or out of reach.
 */
export interface Measurements {
  readonly atMs: number;
  /** The hot tier as all instances share it: `redis` where there is one, else `l1`. */
  readonly cache: CacheMetrics | undefined;
  /** The hot tier's half in this process. */
  readonly l1: CacheMetrics | undefined;
  readonly redis: CacheMetrics | undefined;
  readonly tiers: TierMetrics | undefined;
  readonly store: { readonly sessions: number } | undefined;
  readonly process: ProcessMetrics;
  readonly functions: Readonly<Record<string, FunctionMetrics>> | undefined;
  readonly items: ItemMetrics | undefined;
  readonly migrations: MigrationMetrics | undefined;
  readonly summaries: SummaryMetrics | undefined;
  readonly pubsub: PubsubMetrics | undefined;
  readonly firestore: FirestoreMetrics | undefined;
}

/** Every path that the snapshot may show a number at; `*` stands for any name. */
const PATHS: readonly (readonly string[])[] = ALL_METRICS.flatMap(({ paths = [] }) => [
  ...paths,
  // `cache` is one of these two.
  ...paths.flatMap((path) => (/^(l1|redis)[.]/.test(path) ? path.replace(/^\w+/, 'cache') : [])),
]).map((path) => path.split('.'));

const isKnown = (path: readonly string[]): boolean =>
  PATHS.some(
    (known) =>
      known.length === path.length && known.every((key, at) => key === '*' || key === path[at]),
  );

/**
 * The number at a dotted path, for example `cache.hitRate`. `absent`: there is such a figure, but
 * it has no value now; `unknown`: the path names no number.
 */
export function readMetric(
  measurements: Measurements,
  path: string,
): number | 'absent' | 'unknown' {
  const keys = path.split('.');
  if (!isKnown(keys)) return 'unknown';
  let value: unknown = measurements;
  for (const key of keys) {
    // Own keys only: `functions.constructor` is no function of ours.
    if (!isJsonObject(value) || !Object.hasOwn(value, key)) return 'absent';
    value = value[key];
  }
  return typeof value === 'number' && Number.isFinite(value) ? value : 'absent';
}
