import type { HttpFunction } from '@google-cloud/functions-framework';
import { z } from 'zod';
import type { MetricsSnapshot } from '../../shared/domain/metrics/metrics-snapshot.ts';
import { instantText } from '../http/instant.ts';
import { endpoint, httpFunction } from '../http/json-endpoint.ts';
import type { OpenRuntime } from '../runtime.ts';

const OPENMETRICS_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

const collect = endpoint({
  method: 'POST',
  path: '/',
  access: 'scheduler',
  body: z.strictObject({}),
  mayBeEmpty: true, // A scheduler may post nothing at all.
  run: async ({ metrics }) => ({ status: 200, json: snapshotJson(await metrics.collect()) }),
});

function snapshotJson({ atMs, cache, alerts, ...snapshot }: MetricsSnapshot) {
  return {
    at: instantText(atMs),
    // Without a read there is no rate, and JSON would drop the field.
    cache: cache && { ...cache, hitRate: cache.hitRate ?? null },
    ...snapshot,
    alerts: alerts.map(({ sinceMs, ...alert }) => ({ ...alert, since: instantText(sinceMs) })),
  };
}

const text = endpoint({
  method: 'GET',
  path: '/metrics',
  access: 'scheduler',
  run: async ({ metrics }) => ({
    status: 200,
    text: await metrics.openMetrics(),
    type: OPENMETRICS_TYPE,
  }),
});

/** Takes a sample of how the memory is doing, raises and clears alerts, and shows the figures. */
export const collectMetrics = (open: OpenRuntime): HttpFunction =>
  httpFunction('collect-metrics', open, [collect, text]);
