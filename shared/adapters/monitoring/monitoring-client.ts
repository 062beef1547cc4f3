import type { MetricDescriptor } from './descriptors.ts';
import type { TimeSeries } from './time-series.ts';

/** The part of Cloud Monitoring's client that the exporter calls, for one project. */
export interface MonitoringClient {
  /** Types of the descriptors that begin with `prefix`. */
  listTypes(prefix: string, signal: AbortSignal): Promise<ReadonlySet<string>>;
  /** Makes a descriptor, or leaves one that is there as it is. */
  createDescriptor(descriptor: MetricDescriptor, signal: AbortSignal): Promise<void>;
  /** Writes one point to each series, 200 series at most. */
  write(series: readonly TimeSeries[], signal: AbortSignal): Promise<void>;
}
