import { describe, expect, it } from 'vitest';
import { cutLongRuns } from './cut-long-runs.ts';

describe('cutLongRuns', () => {
  it('leaves a long text of short words alone', () => {
    const text = 'Words, numbers like 1234567, 中文 and "marks" '.repeat(100);
    expect(cutLongRuns(text)).toEqual([text]);
  });

  it('cuts a run of letters every 512 characters, with what stands around it', () => {
    const text = `see ${'x'.repeat(1_030)} there`;
    expect(cutLongRuns(text)).toEqual([
      `see ${'x'.repeat(512)}`,
      'x'.repeat(512),
      `${'x'.repeat(6)} there`,
    ]);
  });

  it('leaves a run of 512 characters whole and cuts one of 513', () => {
    expect(cutLongRuns(`${'-'.repeat(512)} ab`)).toHaveLength(1);
    expect(cutLongRuns(`${'-'.repeat(513)} ab`)).toHaveLength(2);
  });

  it('never cuts inside of a surrogate pair', () => {
    const text = `-${'\u{1f600}'.repeat(800)}`;
    const parts = cutLongRuns(text);
    expect(parts.length).toBeGreaterThan(2);
    expect(parts.join('')).toBe(text);
    expect(parts.every((part) => part.isWellFormed())).toBe(true);
  });
});
