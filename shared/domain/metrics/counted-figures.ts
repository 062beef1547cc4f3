import { METRICS } from './catalogue.ts';
import { addDistributions, distributionSince, quantileMs } from './distribution.ts';
import { type Distribution, isDistribution, type Metric, type MetricSeries } from './metric.ts';
import { labelValues, type SomeLabels, seriesWith, totalOf } from './series.ts';

/** Of one function since its process started; rates and times since the sample before. */
export interface FunctionMetrics {
  readonly requests: number;
  /** Calls that failed on our side. */
  readonly errors: number;
  /** Of the calls since the sample before, from 0 to 1; absent without calls. */
  readonly errorRate: number | undefined;
  readonly p50Ms: number | undefined;
  readonly p95Ms: number | undefined;
  readonly p99Ms: number | undefined;
}

export interface ItemMetrics {
  readonly appended: number;
  readonly deleted: number;
  readonly usersErased: number;
  readonly accessesDropped: number;
}

export interface MigrationMetrics {
  readonly hotToWarm: number;
  readonly warmToCold: number;
  readonly coldToWarm: number;
  readonly toHot: number;
  readonly segmentsWritten: number;
}

interface ModelMetrics {
  readonly tokensIn: number;
  /** Thinking included. */
  readonly tokensOut: number;
  /** By the price table; 0 for a model that is not in it. */
  readonly estimatedCostUsd: number;
}

/** Summaries in the store, and what was done since the process started. */
export interface SummaryMetrics extends ModelMetrics {
  /** Summaries that are kept; absent when the store could not be asked. */
  readonly count: number | undefined;
  readonly requested: number;
  readonly committed: number;
  readonly fallback: number;
  readonly replaced: number;
  readonly refused: number;
  readonly modelFailures: number;
  /** From request to commit, since the sample before; absent when none was made. */
  readonly lagP95Ms: number | undefined;
  readonly models: Readonly<Record<string, ModelMetrics>>;
}

export interface PubsubMetrics {
  readonly published: number;
  readonly redelivered: number;
  readonly deadLettered: number;
  readonly dropped: number;
  readonly unpublished: number;
}

export interface FirestoreMetrics {
  readonly reads: number;
  readonly writes: number;
  readonly deletes: number;
  readonly estimatedCostUsd: number;
}

/** All counted series now, and those of the sample before. */
export interface Counted {
  readonly now: readonly MetricSeries[];
  readonly before: readonly MetricSeries[];
}

/** By the function's name. */
export function functionMetrics(counted: Counted): Readonly<Record<string, FunctionMetrics>> {
  const names = labelValues(counted.now, METRICS.requests, 'function');
  return Object.fromEntries(names.map((name) => [name, functionMetricsOf(name, counted)]));
}

function functionMetricsOf(name: string, { now, before }: Counted): FunctionMetrics {
  const labels = { function: name };
  const requests = totalOf(now, METRICS.requests, labels);
  const errors = totalOf(now, METRICS.requestErrors, labels);
  const calls = requests - totalOf(before, METRICS.requests, labels);
  const failed = errors - totalOf(before, METRICS.requestErrors, labels);
  const duration = since({ now, before }, METRICS.requestDuration, labels);
  const at = (share: number) => duration && quantileMs(duration, share);
  return {
    requests,
    errors,
    errorRate: calls > 0 ? Math.max(0, failed) / calls : undefined,
    p50Ms: at(0.5),
    p95Ms: at(0.95),
    p99Ms: at(0.99),
  };
}

export const itemMetrics = ({ now }: Counted): ItemMetrics => ({
  appended: totalOf(now, METRICS.itemsAppended),
  deleted: totalOf(now, METRICS.itemsDeleted),
  usersErased: totalOf(now, METRICS.usersErased),
  accessesDropped: totalOf(now, METRICS.accessesDropped),
});

export function migrationMetrics({ now }: Counted): MigrationMetrics {
  const moved = (direction: string) => totalOf(now, METRICS.itemsMigrated, { direction });
  return {
    hotToWarm: moved('hot-to-warm'),
    warmToCold: moved('warm-to-cold'),
    coldToWarm: moved('cold-to-warm'),
    toHot: moved('to-hot'),
    segmentsWritten: totalOf(now, METRICS.segmentsWritten),
  };
}

export function summaryMetrics(counted: Counted, count: number | undefined): SummaryMetrics {
  const { now } = counted;
  const lag = since(counted, METRICS.summaryLag);
  const models = labelValues(now, METRICS.modelTokens, 'model');
  return {
    count,
    requested: totalOf(now, METRICS.summariesRequested),
    committed: totalOf(now, METRICS.summariesCommitted),
    fallback: totalOf(now, METRICS.summariesFallback),
    replaced: totalOf(now, METRICS.summariesReplaced),
    refused: totalOf(now, METRICS.summariesRefused),
    modelFailures: totalOf(now, METRICS.modelFailures),
    lagP95Ms: lag && quantileMs(lag, 0.95),
    ...modelMetricsOf(now, {}),
    models: Object.fromEntries(models.map((model) => [model, modelMetricsOf(now, { model })])),
  };
}

function modelMetricsOf(
  now: readonly MetricSeries[],
  labels: { readonly model?: string },
): ModelMetrics {
  const tokens = (kind: string) => totalOf(now, METRICS.modelTokens, { ...labels, kind });
  return {
    tokensIn: tokens('prompt'),
    tokensOut: tokens('output') + tokens('thought'),
    estimatedCostUsd: totalOf(now, METRICS.modelCost, labels),
  };
}

export const pubsubMetrics = ({ now }: Counted): PubsubMetrics => ({
  published: totalOf(now, METRICS.busPublished),
  redelivered: totalOf(now, METRICS.busRedelivered),
  deadLettered: totalOf(now, METRICS.busDeadLettered),
  dropped: totalOf(now, METRICS.busDropped),
  unpublished: totalOf(now, METRICS.eventsUnpublished),
});

/** Absent where Firestore was never asked. */
export function firestoreMetrics({ now }: Counted): FirestoreMetrics | undefined {
  if (!now.some(({ metric }) => metric === METRICS.firestoreOperations)) return undefined;
  const done = (operation: string) => totalOf(now, METRICS.firestoreOperations, { operation });
  return {
    reads: done('read'),
    writes: done('write'),
    deletes: done('delete'),
    estimatedCostUsd: totalOf(now, METRICS.firestoreCost),
  };
}

/** What was observed since the sample before; absent where that is nothing. */
function since<L extends string>(
  { now, before }: Counted,
  metric: Metric<'distribution', L>,
  labels?: SomeLabels<NoInfer<L>>,
): Distribution | undefined {
  const sumOf = (series: readonly MetricSeries[]) =>
    seriesWith(series, metric, labels)
      .filter(isDistribution)
      .map(({ distribution }) => distribution)
      .reduce<Distribution | undefined>(
        (sum, one) => (sum ? addDistributions(sum, one) : one),
        undefined,
      );
  const latest = sumOf(now);
  return latest && distributionSince(sumOf(before), latest);
}
