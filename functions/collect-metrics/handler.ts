import type { HttpFunction } from '@google-cloud/functions-framework';
import { z } from 'zod';
import type { MetricsSnapshot } from '../../shared/domain/metrics/metrics-snapshot.ts';
import { OPEN_METRICS_CONTENT_TYPE } from '../../shared/domain/metrics/open-metrics.ts';
import { instantText } from '../http/instant.ts';
import { endpoint, httpFunction } from '../http/json-endpoint.ts';
import type { OpenRuntime } from '../runtime.ts';

const collect = endpoint({
  method: 'POST',
  path: '/',
  access: 'scheduler',
  body: z.strictObject({}),
  mayBeEmpty: true, // A scheduler may post nothing at all.
  run: async ({ metrics }) => ({ status: 200, json: snapshotJson(await metrics.collect()) }),
});

const snapshotJson = ({ atMs, alerts, ...snapshot }: MetricsSnapshot) => ({
  at: instantText(atMs),
  ...withNulls(snapshot),
  alerts: alerts.map(({ sinceMs, ...alert }) => ({ ...alert, since: instantText(sinceMs) })),
});

/** A figure without a value is null: JSON would drop the field. */
const withNulls = (figures: object): object =>
  Object.fromEntries(
    Object.entries(figures).map(([name, value]: [string, unknown]) => [
      name,
      typeof value === 'object' && value !== null ? withNulls(value) : (value ?? null),
    ]),
  );

const text = endpoint({
  method: 'GET',
  path: '/metrics',
  access: 'scheduler',
  run: async ({ metrics }) => ({
    status: 200,
    text: await metrics.openMetrics(),
    type: OPEN_METRICS_CONTENT_TYPE,
  }),
});

/** Takes a sample of how the memory is doing, raises and clears alerts, and shows the figures. */
export const collectMetrics = (open: OpenRuntime): HttpFunction =>
  httpFunction('collect-metrics', open, [collect, text]);
