import { describe, expect, it } from 'vitest';
import { encodeOpenMetrics } from './open-metrics.ts';

describe('encodeOpenMetrics', () => {
  it('writes type, unit and help before the samples, and ends with EOF', () => {
    const text = encodeOpenMetrics([
      {
        name: 'strata_requests',
        kind: 'counter',
        help: 'Calls handled',
        samples: [
          { labels: { function: 'read-items', status: '200' }, value: 3 },
          { labels: { function: 'read-items', status: '404' }, value: 1 },
        ],
      },
      {
        name: 'strata_heap_used',
        kind: 'gauge',
        unit: 'bytes',
        help: 'Heap in use',
        samples: [{ labels: {}, value: 1_234.5 }],
      },
    ]);
    expect(text).toBe(`# TYPE strata_requests counter
# HELP strata_requests Calls handled
strata_requests_total{function="read-items",status="200"} 3
strata_requests_total{function="read-items",status="404"} 1
# TYPE strata_heap_used_bytes gauge
# UNIT strata_heap_used_bytes bytes
# HELP strata_heap_used_bytes Heap in use
strata_heap_used_bytes 1234.5
# EOF
`);
  });

  it('writes a histogram with its bounds as floats and one for everything', () => {
    const text = encodeOpenMetrics([
      {
        name: 'strata_request_duration',
        kind: 'histogram',
        unit: 'seconds',
        help: 'Time to answer',
        samples: [
          {
            labels: { function: 'read-items' },
            buckets: [
              { upTo: 0.05, count: 2 },
              { upTo: 1, count: 3 },
            ],
            count: 4,
            sum: 12.5,
          },
        ],
      },
    ]);
    expect(text).toBe(`# TYPE strata_request_duration_seconds histogram
# UNIT strata_request_duration_seconds seconds
# HELP strata_request_duration_seconds Time to answer
strata_request_duration_seconds_bucket{function="read-items",le="0.05"} 2
strata_request_duration_seconds_bucket{function="read-items",le="1.0"} 3
strata_request_duration_seconds_bucket{function="read-items",le="+Inf"} 4
strata_request_duration_seconds_count{function="read-items"} 4
strata_request_duration_seconds_sum{function="read-items"} 12.5
# EOF
`);
  });

  it('escapes what would end a label or a line', () => {
    const text = encodeOpenMetrics([
      {
        name: 'a',
        kind: 'gauge',
        help: 'one\ntwo \\ "three"',
        samples: [{ labels: { path: 'C:\\x "y"\nz' }, value: Number.POSITIVE_INFINITY }],
      },
    ]);
    expect(text).toBe(
      '# TYPE a gauge\n# HELP a one\\ntwo \\\\ \\"three\\"\na{path="C:\\\\x \\"y\\"\\nz"} +Inf\n# EOF\n',
    );
  });

  it('is only the end mark without metrics', () => {
    expect(encodeOpenMetrics([])).toBe('# EOF\n');
  });
});
