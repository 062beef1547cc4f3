import { expect, it } from 'vitest';
import { ALL_METRICS } from './catalogue.ts';

it('names no metric twice, in lower case', () => {
  const names = ALL_METRICS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
});

it('gives bounds, ascending, to exactly the distributions', () => {
  for (const { kind, unit, boundsMs } of ALL_METRICS) {
    expect(boundsMs !== undefined).toBe(kind === 'distribution');
    if (boundsMs)
      expect([unit, boundsMs]).toEqual(['milliseconds', [...boundsMs].sort((a, b) => a - b)]);
  }
});
