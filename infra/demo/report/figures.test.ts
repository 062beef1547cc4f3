import { describe, expect, it } from 'vitest';
import { brief, counted, duration, percent, percentile, ratio, whole } from './figures.ts';
import { shorten, table, widthOf, wrap } from './table.ts';

describe('figures', () => {
  it('writes numbers for people', () => {
    expect([whole(1_234_567), whole(0.4), brief(0.25), brief(12.6)]).toEqual([
      '1,234,567',
      '0',
      '0.3',
      '13',
    ]);
    expect([ratio(2_048, 512), ratio(5, 0), percent(1, 8), percent(1, 0)]).toEqual([
      '4.0×',
      '–',
      '13 %',
      '–',
    ]);
    expect([duration(1_234), duration(45.6), duration(1.26)]).toEqual(['1.2 s', '46 ms', '1.3 ms']);
  });

  it('counts in the plural where it must', () => {
    expect([counted(1, 'history'), counted(2, 'history'), counted(3, 'key misused')]).toEqual([
      '1 history',
      '2 histories',
      '3 keys misused',
    ]);
  });

  it('finds percentiles', () => {
    const values = [5, 1, 4, 2, 3];
    expect([percentile(values, 0.5), percentile(values, 0.95), percentile([], 0.5)]).toEqual([
      3, 5, 0,
    ]);
  });
});

describe('text in columns', () => {
  it('counts two columns for a Chinese character', () => {
    expect([widthOf('kiln'), widthOf('窑 1')]).toEqual([4, 4]);
  });

  it('aligns columns by what they take on the screen', () => {
    expect(
      table([
        ['a', '1'],
        ['窑炉', '20'],
      ]),
    ).toEqual(['a      1', '窑炉  20']);
  });

  it('shortens to one line', () => {
    expect(shorten('one\ntwo  three', 20)).toBe('one two three');
    expect(shorten('one two three', 8)).toBe('one two…');
  });

  it('breaks lines at spaces, and words only where they are longer than a line', () => {
    expect(wrap('a bb ccc dddddddd', 6)).toEqual(['a bb', 'ccc', 'dddddd', 'dd']);
  });
});
