import type { Finding } from './check.ts';

const SIGN = { well: 'ok  ', warning: 'warn', fault: 'FAIL' } as const;

/** A line for what was found, and one for what to do. */
export function showFinding(name: string, finding: Finding): string {
  const line = `${SIGN[finding.status]}  ${name}: ${finding.what}`;
  return finding.status === 'well' ? line : `${line}\n      → ${finding.todo}`;
}
