import { describe, expect, it } from 'vitest';
import { countTests, plainLine } from './count-tests.ts';

const report = (counts: object, testResults: object[] = []): string =>
  JSON.stringify({
    numPassedTests: 0,
    numFailedTests: 0,
    numPendingTests: 0,
    numTodoTests: 0,
    testResults,
    ...counts,
  });

describe('countTests', () => {
  it('counts what passed and what failed', () => {
    expect(countTests(report({ numPassedTests: 7, numFailedTests: 2 }), 1)).toEqual({
      passed: 7,
      failed: 2,
    });
  });

  it('counts a file that could not be loaded as a failure', () => {
    const files = [{ status: 'failed', assertionResults: [] }];
    expect(countTests(report({ numPassedTests: 1 }, files), 1)).toEqual({ passed: 1, failed: 1 });
  });

  it('counts a skipped test as a failure', () => {
    expect(countTests(report({ numPassedTests: 1, numPendingTests: 1 }), 0)).toEqual({
      passed: 1,
      failed: 1,
    });
  });

  it('does not count what was left out of a part of the tests', () => {
    const part = report({ numPassedTests: 1, numPendingTests: 9 });
    expect(countTests(part, 0, true)).toEqual({ passed: 1, failed: 0 });
    expect(countTests(part, 1, true)).toEqual({ passed: 1, failed: 1 });
  });

  it('is never all green when the run itself failed', () => {
    expect(countTests(report({ numPassedTests: 5 }), 1)).toEqual({ passed: 5, failed: 1 });
    expect(countTests('', 1)).toEqual({ passed: 0, failed: 1 });
  });

  it('says it in one plain line', () => {
    expect(plainLine({ passed: 12, failed: 0 })).toBe('12 passed, 0 failed');
  });
});
