import { readdirSync, readFileSync } from 'node:fs';
import { protos } from '@google-cloud/monitoring';
import { describe, expect, it } from 'vitest';
import {
  descriptorOf,
  type MetricDescriptor,
} from '../../shared/adapters/monitoring/descriptors.ts';
import { ALL_METRICS } from '../../shared/domain/metrics/catalogue.ts';
import { Dashboard, queriesOf, type Tile } from './dashboard.ts';
import { aggregation, type Query, queryOf } from './queries.ts';

const { AlertPolicy } = protos.google.monitoring.v3;
const HERE = new URL('./', import.meta.url);
const read = (path: string): unknown => JSON.parse(readFileSync(new URL(path, HERE), 'utf8'));

/** As the exporter writes them. */
const WRITTEN = new Map(ALL_METRICS.map(descriptorOf).map((one) => [one.type, one]));
const RESOURCE_LABELS = ['project_id', 'location', 'namespace', 'job', 'task_id'];

/** Aligners that a kind of figure allows, by google/monitoring/v3/common.proto. */
const ALIGNERS: Readonly<Record<string, readonly string[]>> = {
  'GAUGE INT64': ['ALIGN_MEAN', 'ALIGN_MAX', 'ALIGN_MIN'],
  'GAUGE DOUBLE': ['ALIGN_MEAN', 'ALIGN_MAX', 'ALIGN_MIN'],
  'CUMULATIVE INT64': ['ALIGN_RATE', 'ALIGN_DELTA'],
  'CUMULATIVE DOUBLE': ['ALIGN_RATE', 'ALIGN_DELTA'],
  'CUMULATIVE DISTRIBUTION': ['ALIGN_DELTA'],
};
const NUMERIC = ['REDUCE_SUM', 'REDUCE_MEAN', 'REDUCE_MAX', 'REDUCE_MIN'];
const PERCENTILES = ['REDUCE_PERCENTILE_50', 'REDUCE_PERCENTILE_95', 'REDUCE_PERCENTILE_99'];

function faultsOf({ metricType, resourceType, metricLabels, resourceLabels, ...query }: Query) {
  const descriptor: MetricDescriptor | undefined = WRITTEN.get(metricType);
  if (!descriptor) return [`nobody writes ${metricType}`];
  const { perSeriesAligner: aligner, crossSeriesReducer: reducer = '' } = query.aggregation;
  const { metricKind, valueType } = descriptor;
  const labels = descriptor.labels.map(({ key }) => key);
  const reducers = valueType === 'DISTRIBUTION' ? PERCENTILES : NUMERIC;
  return [
    resourceType === 'generic_task' ? [] : `${metricType} is not written to ${resourceType}`,
    metricLabels.filter((key) => !labels.includes(key)).map((key) => `${metricType} has no ${key}`),
    resourceLabels.filter((key) => !RESOURCE_LABELS.includes(key)).map((key) => `no label ${key}`),
    ALIGNERS[`${metricKind} ${valueType}`]?.includes(aligner) ? [] : `${metricType}: ${aligner}`,
    reducers.includes(reducer) ? [] : `${metricType}: ${reducer}`,
  ].flat();
}

describe('the dashboard', () => {
  const dashboard = Dashboard.parse(read('dashboard.json'));

  it('shows figures that are written, each as its kind allows', () => {
    expect(queriesOf(dashboard).flatMap(faultsOf)).toEqual([]);
  });

  it('names in its legends only what it groups by', () => {
    for (const { widget } of dashboard.mosaicLayout.tiles) {
      for (const { legendTemplate = '', timeSeriesQuery } of widget.xyChart.dataSets) {
        const named = [...legendTemplate.matchAll(/metric\.labels\.(\w+)/g)];
        const { groupByFields = [] } = timeSeriesQuery.timeSeriesFilter.aggregation;
        expect(named.map(([, label]) => `metric.label."${label}"`)).toEqual(groupByFields);
      }
    }
  });

  it('has no two tiles in one place, and none outside of its columns', () => {
    const cells = dashboard.mosaicLayout.tiles.flatMap(cellsOf);
    expect(new Set(cells).size).toBe(cells.length);
    for (const { xPos, width } of dashboard.mosaicLayout.tiles)
      expect(xPos + width).toBeLessThanOrEqual(48);
  });
});

const cellsOf = ({ xPos, yPos, width, height }: Tile): string[] =>
  Array.from(
    { length: width * height },
    (_, index) => `${xPos + (index % width)},${yPos + Math.floor(index / width)}`,
  );

/** The fields of a condition that name series. */
interface Condition {
  readonly filter: string;
  readonly aggregations: readonly unknown[];
  readonly denominatorFilter?: string;
  readonly denominatorAggregations?: readonly unknown[];
  readonly comparison?: string;
  readonly duration: string;
}
interface Policy {
  readonly displayName: string;
  readonly documentation: { readonly content: string };
  readonly conditions: readonly {
    readonly conditionThreshold?: Condition;
    readonly conditionAbsent?: Condition;
  }[];
}

const POLICIES = readdirSync(new URL('alert-policies/', HERE));

describe.each(POLICIES)('the alert policy %s', (file) => {
  // The test below shows that it has this shape.
  const policy = read(`alert-policies/${file}`) as Policy;
  const conditions = policy.conditions.map(
    ({ conditionThreshold, conditionAbsent }) => conditionThreshold ?? conditionAbsent,
  );

  it('is an AlertPolicy of the API, with no field that it does not know', () => {
    const withoutDurations = JSON.parse(
      JSON.stringify(policy, (key, value) =>
        DURATIONS.includes(key) ? { seconds: secondsOf(value) } : value,
      ),
    );
    const message = AlertPolicy.fromObject(withoutDurations);
    const options = { enums: String, longs: Number, json: true } as const;
    expect(AlertPolicy.toObject(message, options)).toEqual(withoutDurations);
  });

  it('watches figures that are written, each as its kind allows', () => {
    const queries = conditions.flatMap((condition) => [
      ...(condition?.aggregations ?? []).map((how) =>
        queryOf(condition?.filter ?? '', aggregation.parse(how)),
      ),
      ...(condition?.denominatorAggregations ?? []).map((how) =>
        queryOf(condition?.denominatorFilter ?? '', aggregation.parse(how)),
      ),
    ]);
    expect(queries.length).toBeGreaterThan(0);
    expect(queries.flatMap(faultsOf)).toEqual([]);
  });

  it('compares and waits as the API allows, and says what to do', () => {
    for (const condition of conditions) {
      expect(secondsOf(condition?.duration) % 60).toBe(0);
      // https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.alertPolicies#MetricThreshold
      expect(['COMPARISON_GT', 'COMPARISON_LT', undefined]).toContain(condition?.comparison);
    }
    expect(policy.documentation.content.length).toBeGreaterThan(100);
    expect(policy.displayName).toMatch(/^Strata: /);
  });
});

const DURATIONS = ['duration', 'alignmentPeriod', 'autoClose'];
const secondsOf = (text: unknown): number => {
  const [, seconds] = /^(\d+)s$/.exec(String(text)) ?? [];
  if (seconds === undefined) throw new TypeError(`${text} is no duration`);
  return Number(seconds);
};
