import { CloudMonitoringExporter } from '../adapters/monitoring/cloud-monitoring-exporter.ts';
import type { Place } from '../adapters/monitoring/time-series.ts';
import { newId } from '../kernel/new-id.ts';
import { systemTimers } from '../kernel/timers.ts';
import type { MetricsExporter } from '../ports/metrics-exporter.ts';

/** Whose figures go to which project. */
export interface MonitoringPlace extends Pick<Place, 'projectId' | 'namespace' | 'job'> {
  /** Another address than the public one; with `http` it is called without credentials. */
  readonly url?: string;
}

/** An exporter to Cloud Monitoring. The SDK is loaded, and the region asked for, with the first sample. */
export function openMonitoring({ url, ...place }: MonitoringPlace): MetricsExporter {
  const taskId = newId();
  const connect = async () => {
    const [{ connectMonitoring }, { findRegion }] = await Promise.all([
      import('../adapters/monitoring/connect.ts'),
      import('../adapters/monitoring/region.ts'),
    ]);
    const client = await connectMonitoring({ projectId: place.projectId, ...(url && { url }) });
    return { client, place: { ...place, taskId, location: await findRegion() } };
  };
  return new CloudMonitoringExporter({ connect, timers: systemTimers });
}
