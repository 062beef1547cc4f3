import { expect, it, vi } from 'vitest';
import { loggerAt } from './log.ts';
import type { LogLevel } from './variables.ts';

/** What a logger of the level writes on standard error, by severity. */
function written(logLevel: LogLevel): readonly string[] {
  const write = vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  const log = loggerAt({ logLevel, projectId: 'p1' });
  log.info('x');
  log.warning('x');
  log.error('x');
  const lines = write.mock.calls.map(([line]) => JSON.parse(String(line)).severity);
  write.mockRestore();
  return lines;
}

it.each([
  ['off', []],
  ['error', ['ERROR']],
  ['warning', ['WARNING', 'ERROR']],
  ['info', ['INFO', 'WARNING', 'ERROR']],
] as const)('STRATA_LOG=%s writes %j on standard error', (level, severities) => {
  expect(written(level)).toEqual(severities);
});
