import { expect, it } from 'vitest';
import { openMetricsFaults } from './open-metrics-faults.ts';

const HISTOGRAM = `# TYPE a_seconds histogram
# UNIT a_seconds seconds
a_seconds_bucket{f="x",le="0.1"} 1
a_seconds_bucket{f="x",le="+Inf"} 3
a_seconds_count{f="x"} 3
a_seconds_sum{f="x"} 7.5
`;
const COUNTER = '# TYPE c counter\n# HELP c What\nc_total{f="a\\"b\\\\"} 1\nc_total 2\n';

it('finds nothing in a text that keeps the rules', () => {
  expect(openMetricsFaults(`${HISTOGRAM}${COUNTER}# EOF\n`)).toEqual([]);
  expect(openMetricsFaults('# EOF\n')).toEqual([]);
});

it.each([
  ['no end', COUNTER, /EOF/],
  ['a counter without _total', '# TYPE c counter\nc 1\n# EOF\n', /wrong ending/],
  ['a sample of another family', '# TYPE c gauge\nd 1\n# EOF\n', /no family/],
  ['a family twice', `${COUNTER}${HISTOGRAM}${COUNTER}# EOF\n`, /twice: c/],
  ['a series twice', '# TYPE c gauge\nc 1\nc 2\n# EOF\n', /twice: c\{\}/],
  ['a head behind samples', '# TYPE c gauge\nc 1\n# HELP c What\n# EOF\n', /behind/],
  ['a unit that is not in the name', '# TYPE c gauge\n# UNIT c bytes\nc 1\n# EOF\n', /unit/],
  ['a quote that is not escaped', '# TYPE c gauge\nc{a="b"c"} 1\n# EOF\n', /neither/],
  ['a value that is none', '# TYPE c gauge\nc one\n# EOF\n', /neither/],
  ['an empty line', '# TYPE c gauge\n\nc 1\n# EOF\n', /neither/],
  ['a type that is unknown', '# TYPE c meter\n# EOF\n', /no known type/],
  ['a counter below zero', '# TYPE c counter\nc_total -1\n# EOF\n', /below zero/],
  ['buckets that fall', `${HISTOGRAM.replace('"} 1', '"} 9')}# EOF\n`, /bucket:/],
  ['no bucket for everything', `${HISTOGRAM.replace(/.*Inf.*\n/, '')}# EOF\n`, /no \+Inf/],
  [
    'another count',
    `${HISTOGRAM.replace('count{f="x"} 3', 'count{f="x"} 4')}# EOF\n`,
    /last bucket/,
  ],
  ['a bound that is no float', `${HISTOGRAM.replace('"0.1"', '"1"')}# EOF\n`, /bucket:/],
])('finds %s', (_name, text, fault) => {
  expect(openMetricsFaults(text).join('\n')).toMatch(fault);
});
