import type { z } from 'zod';
import {
  type Descriptor,
  descriptorBody,
  faultOfSeries,
  faultOfTime,
  type LastPoint,
  MAX_SERIES_PER_CALL,
  type SentSeries,
  timeSeriesBody,
  typeOf,
} from './monitoring-rules.ts';

/** A series as it was written, with every point that was taken. */
export interface WrittenSeries extends Pick<SentSeries, 'metric' | 'resource' | 'metricKind'> {
  readonly points: readonly SentSeries['points'][number][];
}

export interface Answer {
  readonly status: number;
  readonly body: object;
}

const PATH = /^\/v3\/projects\/([a-z0-9-]+)\/(metricDescriptors|timeSeries)$/;

/** What a project's Cloud Monitoring holds, and what it answers to calls, by its rules. */
export class MonitoringState {
  readonly descriptors = new Map<string, Descriptor>();
  readonly written = new Map<string, WrittenSeries>();
  readonly #last = new Map<string, LastPoint>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  answer(method: string, url: string, body: unknown): Answer {
    const { pathname, searchParams } = new URL(url, 'http://host');
    const [, , what] = PATH.exec(pathname) ?? [];
    if (what === 'metricDescriptors' && method === 'GET')
      return this.#list(searchParams.get('filter') ?? '');
    if (what === 'metricDescriptors' && method === 'POST') return this.#describe(body);
    if (what === 'timeSeries' && method === 'POST') return this.#write(body);
    return refusal(404, 'NOT_FOUND', 'Not found');
  }

  #list(filter: string): Answer {
    const [, prefix] = /^metric\.type = starts_with\("([^"]*)"\)$/.exec(filter) ?? [];
    if (prefix === undefined) return invalid(`The filter is invalid: ${filter}`);
    const found = [...this.descriptors.values()].filter(({ type }) => type.startsWith(prefix));
    return ok({ metricDescriptors: found });
  }

  #describe(body: unknown): Answer {
    const parsed = descriptorBody.safeParse(body);
    if (!parsed.success) return invalidJson(parsed.error);
    const before = this.descriptors.get(parsed.data.type);
    const { metricKind, valueType } = parsed.data;
    if (before && (before.metricKind !== metricKind || before.valueType !== valueType))
      return invalid('metricKind and valueType of a descriptor cannot be changed');
    this.descriptors.set(parsed.data.type, parsed.data);
    return ok(parsed.data);
  }

  #write(body: unknown): Answer {
    const parsed = timeSeriesBody.safeParse(body);
    if (!parsed.success) return invalidJson(parsed.error);
    const { timeSeries } = parsed.data;
    if (timeSeries.length === 0) return invalid('Field timeSeries is required');
    if (timeSeries.length > MAX_SERIES_PER_CALL)
      return invalid(`Field timeSeries has more than ${MAX_SERIES_PER_CALL} members`);
    const keys = new Set<string>();
    const faults = timeSeries.flatMap((series, index) => {
      const key = JSON.stringify([series.metric, series.resource]);
      const isTwice = keys.has(key);
      keys.add(key);
      const fault = isTwice
        ? 'Duplicate TimeSeries encountered. Only one point can be written per TimeSeries per request.'
        : this.#take(series, key);
      return fault === undefined ? [] : [`timeSeries[${index}]: ${fault}`];
    });
    return faults.length === 0 ? ok({}) : partly(faults, timeSeries.length);
  }

  #take(series: SentSeries, key: string): string | undefined {
    const descriptor = this.descriptors.get(series.metric.type) ?? this.#autoCreate(series);
    if (!descriptor) return `The metric type must be a custom one: ${series.metric.type}`;
    const fault =
      faultOfSeries(series, descriptor) ?? faultOfTime(series, this.#last.get(key), this.#now());
    if (fault !== undefined) return fault;
    const { metric, resource, metricKind, points } = series;
    const before = this.written.get(key)?.points ?? [];
    this.written.set(key, { metric, resource, metricKind, points: [...before, ...points] });
    for (const { interval } of points) {
      const { endTime: endMs, startTime: startMs = endMs } = interval;
      this.#last.set(key, { startMs, endMs });
    }
    return undefined;
  }

  /** A metric's first point makes its descriptor, with no word of what it means. */
  #autoCreate({ metric, metricKind, unit, points }: SentSeries): Descriptor | undefined {
    const [point] = points;
    const labels = Object.keys(metric.labels).map((key) => ({ key, description: '' }));
    const parsed = descriptorBody.safeParse({
      ...{ type: metric.type, metricKind, unit, labels },
      valueType: point && typeOf(point.value),
    });
    if (!parsed.success) return undefined;
    this.descriptors.set(metric.type, parsed.data);
    return parsed.data;
  }
}

const SUMMARY = 'type.googleapis.com/google.monitoring.v3.CreateTimeSeriesSummary';

const ok = (body: object): Answer => ({ status: 200, body });

/** An error in the form that Google's APIs have in JSON (https://google.aip.dev/193). */
export const refusal = (
  status: number,
  name: string,
  message: string,
  details: readonly object[] = [],
): Answer => ({ status, body: { error: { code: status, message, status: name, details } } });

const invalid = (message: string, details: readonly object[] = []): Answer =>
  refusal(400, 'INVALID_ARGUMENT', message, details);
const invalidJson = (error: z.ZodError): Answer =>
  invalid(`Invalid JSON payload received. ${error.message}`);

/** Some points were refused; the others are written all the same. */
const partly = (faults: readonly string[], total: number): Answer =>
  invalid(`One or more TimeSeries could not be written: ${faults.join('; ')}`, [
    {
      '@type': SUMMARY,
      totalPointCount: total,
      ...(total > faults.length && { successPointCount: total - faults.length }),
      errors: [{ status: { code: 3 }, pointCount: faults.length }],
    },
  ]);
