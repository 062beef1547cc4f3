import type { Metric } from '../../domain/metrics/metric.ts';
import { metricType, type Typing, typingOf } from './metric-type.ts';

/** A `MetricDescriptor` of the API, as far as we say anything. */
export interface MetricDescriptor extends Typing {
  readonly type: string;
  readonly displayName: string;
  readonly description: string;
  readonly labels: readonly {
    readonly key: string;
    readonly valueType: 'STRING';
    readonly description: string;
  }[];
}

/** What Cloud Monitoring shows of a metric wherever it is chosen or drawn. */
export const descriptorOf = (metric: Metric): MetricDescriptor => ({
  type: metricType(metric),
  ...typingOf(metric),
  displayName: `Strata: ${metric.name.replaceAll('_', ' ')}`,
  description: metric.meaning,
  labels: Object.entries(metric.labels).map(([key, description]) => ({
    key,
    valueType: 'STRING',
    description,
  })),
});
