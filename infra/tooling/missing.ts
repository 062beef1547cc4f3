import { appendFileSync } from 'node:fs';

/**
 * Says what could not be tested because a server could not be had: to the file that
 * `STRATA_TEST_MISSING` names, for the end of the run. With `CI=true` it fails instead.
 */
export function reportMissing(what: string): void {
  if (process.env['CI'] === 'true') throw new Error(`Could not run: ${what}`);
  const file = process.env['STRATA_TEST_MISSING'];
  if (file) appendFileSync(file, `${what}\n`);
}
