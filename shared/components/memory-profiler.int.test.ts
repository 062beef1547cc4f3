import { expect, it, onTestFinished } from 'vitest';
import { startMonitoringServer } from '../testing/monitoring-server.ts';
import { MemoryProfiler } from './memory-profiler.ts';

it('gives every sample to Cloud Monitoring of its project, under the name of its service', async () => {
  const server = await startMonitoringServer();
  onTestFinished(() => server.close());
  const profiler = new MemoryProfiler({
    projectId: 'p1',
    serviceName: 'memory-service',
    monitoringUrl: server.url,
  });
  await profiler.collectMetrics();
  const [heap] = server.series.filter(
    ({ metric }) => metric.type === 'custom.googleapis.com/strata/heap_used',
  );
  expect(heap?.resource.labels).toMatchObject({ project_id: 'p1', job: 'memory-service' });
  expect(heap?.points).toHaveLength(1);
});
