/** How many checks passed and how many failed. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
}

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  /** Skipped and to-do ones. */
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly unknown[];
  }[];
}

/**
 * Counts vitest's JSON report. A file that could not be loaded counts as one failure, and so does a
 * test that did not run: nothing skips in silence. A run that failed for a reason that no test shows
 * (an unhandled error, no report) counts as one. In a part of the tests, chosen by name, the others did
 * not run because nobody asked for them.
 */
export function countTests(report: string, status: number, isPart = false): Tally {
  if (report === '') return { passed: 0, failed: 1 };
  const parsed: Report = JSON.parse(report);
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = parsed;
  const notLoaded = testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  ).length;
  const notRun = isPart ? 0 : numPendingTests + numTodoTests;
  const failed = numFailedTests + notRun + notLoaded;
  return { passed: numPassedTests, failed: failed === 0 && status !== 0 ? 1 : failed };
}

export const plainLine = ({ passed, failed }: Tally): string =>
  `${passed} passed, ${failed} failed`;
