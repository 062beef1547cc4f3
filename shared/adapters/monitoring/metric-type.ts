import type { Metric, MetricUnit } from '../../domain/metrics/metric.ts';

/** Begins every type of ours: metrics of a user's own have this domain in Cloud Monitoring. */
export const TYPE_PREFIX = 'custom.googleapis.com/strata/';

/** A metric's type in Cloud Monitoring, for example `custom.googleapis.com/strata/heap_used`. */
export const metricType = ({ name }: Pick<Metric, 'name'>): string => TYPE_PREFIX + name;

/**
 * Units as Cloud Monitoring writes them, a subset of UCUM
 * (https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.metricDescriptors, `unit`).
 * Money is none of them: an annotation says it.
 */
const UNITS: Readonly<Record<MetricUnit, string>> = {
  count: '1',
  bytes: 'By',
  milliseconds: 'ms',
  ratio: '1',
  perSecond: '1/s',
  usd: '{USD}',
};

export type MetricKindName = 'GAUGE' | 'CUMULATIVE';
export type ValueTypeName = 'INT64' | 'DOUBLE' | 'DISTRIBUTION';

/** What Cloud Monitoring must be told of a metric's figures. It can never be changed again. */
export interface Typing {
  readonly metricKind: MetricKindName;
  readonly valueType: ValueTypeName;
  readonly unit: string;
}

export function typingOf({ kind, unit }: Pick<Metric, 'kind' | 'unit'>): Typing {
  const isWhole = unit === 'count' || unit === 'bytes';
  return {
    metricKind: kind === 'gauge' ? 'GAUGE' : 'CUMULATIVE',
    valueType: kind === 'distribution' ? 'DISTRIBUTION' : isWhole ? 'INT64' : 'DOUBLE',
    unit: UNITS[unit],
  };
}
