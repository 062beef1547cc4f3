import { describe, expect, it } from 'vitest';
import { METRICS } from './catalogue.ts';
import type { Metric } from './metric.ts';
import { encodeOpenMetrics } from './open-metrics.ts';

/** The lines of the families with these names. */
const familiesOf = (text: string, ...names: readonly string[]): string =>
  text
    .split('\n')
    .filter((line) => names.some((name) => new RegExp(`^(# \\w+ )?${name}[ _{]`).test(line)))
    .join('\n');

describe('encodeOpenMetrics', () => {
  it('writes type, unit and help before the samples, and ends with EOF', () => {
    const text = encodeOpenMetrics([
      { metric: METRICS.requests, labels: { function: 'read-items', status: '200' }, value: 3 },
      { metric: METRICS.requests, labels: { function: 'read-items', status: '404' }, value: 1 },
      { metric: METRICS.heapUsed, labels: {}, value: 1_234.5 },
    ]);
    expect(familiesOf(text, 'strata_requests', 'strata_heap_used_bytes')).toBe(
      `# TYPE strata_requests counter
# HELP strata_requests Calls handled
strata_requests_total{function="read-items",status="200"} 3
strata_requests_total{function="read-items",status="404"} 1
# TYPE strata_heap_used_bytes gauge
# UNIT strata_heap_used_bytes bytes
# HELP strata_heap_used_bytes Heap in use
strata_heap_used_bytes 1234.5`,
    );
    expect(text.endsWith('\n# EOF\n')).toBe(true);
  });

  it('writes a distribution in seconds, with its bounds as floats and one for everything', () => {
    const text = encodeOpenMetrics([
      {
        metric: METRICS.requestDuration,
        labels: { function: 'read-items' },
        distribution: {
          buckets: [
            { upToMs: 0.1, count: 0 },
            { upToMs: 50, count: 2 },
            { upToMs: 1_000, count: 3 },
          ],
          count: 4,
          sumMs: 12_500,
        },
      },
    ]);
    expect(
      familiesOf(text, 'strata_request_duration_seconds'),
    ).toBe(`# TYPE strata_request_duration_seconds histogram
# UNIT strata_request_duration_seconds seconds
# HELP strata_request_duration_seconds Time from a call to its answer
strata_request_duration_seconds_bucket{function="read-items",le="0.0001"} 0
strata_request_duration_seconds_bucket{function="read-items",le="0.05"} 2
strata_request_duration_seconds_bucket{function="read-items",le="1.0"} 3
strata_request_duration_seconds_bucket{function="read-items",le="+Inf"} 4
strata_request_duration_seconds_count{function="read-items"} 4
strata_request_duration_seconds_sum{function="read-items"} 12.5`);
  });

  it('escapes what would end a label or a line', () => {
    const metric: Metric<'gauge', 'path'> = {
      name: 'own',
      kind: 'gauge',
      unit: 'count',
      scope: 'process',
      meaning: 'one\ntwo \\ "three"',
      labels: { path: 'a path' },
    };
    const text = encodeOpenMetrics([
      { metric, labels: { path: 'C:\\x "y"\nz' }, value: Number.POSITIVE_INFINITY },
    ]);
    expect(familiesOf(text, 'strata_own')).toBe(
      '# TYPE strata_own gauge\n# HELP strata_own one\\ntwo \\\\ \\"three\\"\nstrata_own{path="C:\\\\x \\"y\\"\\nz"} +Inf',
    );
  });

  it('starts a counter of this process without labels at zero and leaves out what has no series', () => {
    const text = encodeOpenMetrics([]);
    expect(familiesOf(text, 'strata_items_appended')).toContain('strata_items_appended_total 0');
    expect(text).not.toMatch(/strata_requests|strata_tier|strata_redis|strata_alert/);
  });
});
