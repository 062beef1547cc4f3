import { fileURLToPath } from 'node:url';
import { ADVICE } from '../../shared/domain/metrics/alert-advice.ts';
import { ALL_METRICS } from '../../shared/domain/metrics/catalogue.ts';
import type { Metric, MetricUnit } from '../../shared/domain/metrics/metric.ts';
import { openMetricsName } from '../../shared/domain/metrics/open-metrics.ts';
import { StrataOptions } from '../../shared/options.ts';

export const OPERATIONS = fileURLToPath(new URL('../operations.md', import.meta.url));

const UNITS: Readonly<Record<MetricUnit, string>> = {
  count: 'count',
  bytes: 'bytes',
  milliseconds: 'ms',
  ratio: 'ratio',
  perSecond: 'per second',
  usd: 'US dollars',
};

/** Titles by the part of the snapshot that shows a metric. */
const TITLES: Readonly<Record<string, string>> = {
  functions: 'Functions',
  items: 'Items',
  migrations: 'Migrations',
  summaries: 'Summaries',
  pubsub: 'Pub/Sub',
  firestore: 'Firestore',
  l1: 'Cache in this process',
  redis: 'Redis',
  tiers: 'Tiers',
  store: 'Tiers',
  process: 'Process',
};
const OTHERS = 'The metrics themselves';

/** Every metric and every alert, made from the catalogue: `npm run docs` writes it. */
export const operationsPage = (): string => `# Metrics and alerts

Written by \`npm run docs\` from [the catalogue](../shared/domain/metrics/catalogue.ts) and
[the advice](../shared/domain/metrics/alert-advice.ts): change those.

\`POST /collect-metrics\` takes a sample and answers with a snapshot; Cloud Scheduler calls it every \`profilingInterval\`
seconds. \`GET /collect-metrics/metrics\` is OpenMetrics text; scraping it takes no sample. With
\`STRATA_CLOUD_MONITORING=true\` every sample goes to Cloud Monitoring as \`custom.googleapis.com/strata/<name>\`.

A figure is of **this process** or of the **system**. Functions that have processes of their own count for themselves: each
takes a sample with one of its calls, when the last one is \`profilingInterval\` old, and Cloud Monitoring adds them up. What
\`collect-metrics\` shows under \`functions\`, \`items\`, \`migrations\`, \`summaries\`, \`pubsub\`, \`firestore\` and \`process\` is its
own process's; in one process (\`npm start\`) that is everything.

Counters count since the process started. In the snapshot \`hits\`, \`misses\` and \`evictions\` of a cache, rates, and times are
of the time between the last two samples; a counter that was reset is counted on. Figures without a value are \`null\`.

${groups()
  .map(([title, metrics]) => `## ${title}\n\n${metricTable(metrics)}`)
  .join('\n\n')}

## What things cost

Costs are estimates from [one table](../shared/domain/metrics/prices.ts) with its sources and dates: list prices, Firestore in
the US multi-region, Gemini on the paid tier. A model that is not in the table costs nothing here. What Pub/Sub itself
forwards to \`memory-dead-letter\` shows in its own metric, \`pubsub.googleapis.com/subscription/dead_letter_message_count\`.

## Alerts

Any figure of the snapshot may have levels: \`STRATA_ALERT_THRESHOLDS\` is JSON, \`{ "<path>": { "warning": n, "critical": n,
"below": true } }\`, and takes the place of these:

${thresholdTable()}

An alert is raised after \`alertPendingSamples\` samples in a row (2), and ends when the figure is a tenth of the threshold back
inside it, or has had no value for as many samples. It is logged with its severity (\`WARNING\`, \`ERROR\` when critical),
published on \`memory-events\` as \`pressure.raised\` and \`pressure.cleared\`, and stands in the snapshot, each time with what to
do. Redis is the same to all instances: only the process that collects tells of it.

While a figure under \`process.\` is critical, the process gives up half of its cache and halves its batches with every sample,
down to an eighth; a full collection that leaves the heap above the critical level of \`process.heapUsedRatio\` has the same
effect at once, since the process may end before the next sample. While one under \`redis.\` is critical (or under \`cache.\`, where that is Redis), new entries live for a share of
\`defaultTtl\`. Afterwards both come back, doubling with every sample. Nothing is lost by it: caches are disposable.

| figure | what to do |
| --- | --- |
${ADVICE.map(([path, advice]) => `| \`${path}\` | ${advice} |`).join('\n')}

The first line that fits counts; \`*\` stands for any name, or the rest of one.
`;

function groups(): readonly (readonly [title: string, metrics: readonly Metric[]])[] {
  return [...Map.groupBy(ALL_METRICS, titleOf)].sort(
    ([a], [b]) => Number(a === OTHERS) - Number(b === OTHERS),
  );
}

const titleOf = ({ paths }: Metric): string => TITLES[paths?.[0]?.split('.')[0] ?? ''] ?? OTHERS;

function metricTable(metrics: readonly Metric[]): string {
  const rows = metrics.map((metric) => [
    `\`${metric.name}\``,
    metric.meaning,
    metric.kind,
    UNITS[metric.unit],
    metric.scope === 'process' ? 'process' : 'system',
    Object.entries(metric.labels)
      .map(([label, meaning]) => `\`${label}\`: ${meaning}`)
      .join('; '),
    (metric.paths ?? []).map((path) => `\`${path}\``).join(', '),
    `\`${openMetricsName(metric)}\``,
  ]);
  const head = [
    'name',
    'meaning',
    'kind',
    'unit',
    'of',
    'labels',
    'in the snapshot',
    'OpenMetrics',
  ];
  return table(head, rows);
}

function thresholdTable(): string {
  const { alertThresholds } = StrataOptions.parse({});
  const rows = Object.entries(alertThresholds).map(([path, { warning, critical, below }]) => [
    `\`${path}\``,
    `${below ? 'below' : 'above'} ${warning}`,
    `${below ? 'below' : 'above'} ${critical}`,
  ]);
  return table(['figure', 'warning', 'critical'], rows);
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
