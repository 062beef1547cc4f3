import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { countTests, plainLine, type Tally } from './count-tests.ts';
import { runCommand } from './run-command.ts';
import { startServers } from './test-servers.ts';

/** The project's root directory. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export interface TestRun {
  readonly tally: Tally;
  /** What could not run for want of a server. */
  readonly missing: readonly string[];
}

export const say = (text: string) => process.stdout.write(`${text}\n`);

/** Runs vitest with more arguments, on servers that the environment names or that are started here. */
export async function runTests(args: readonly string[] = []): Promise<TestRun> {
  const dir = await mkdtemp(join(tmpdir(), 'strata-test-'));
  const report = join(dir, 'report.json');
  const missingFile = join(dir, 'missing.txt');
  const servers = await startServers();
  for (const line of servers.lines) say(line);
  try {
    const { status } = await runCommand(
      [
        ...['vitest', 'run', '--config', 'infra/tooling/vitest.config.ts', ...args],
        ...['--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
      ],
      { cwd: ROOT, env: { ...servers.env, STRATA_TEST_MISSING: missingFile } },
    );
    const text = existsSync(report) ? readFileSync(report, 'utf8') : '';
    const isPart = args.some((arg) => /^(-t|--testNamePattern)/.test(arg));
    return { tally: countTests(text, status, isPart), missing: linesOf(missingFile) };
  } finally {
    await servers.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

/**
 * Ends the process with what a run came to: one plain line, `N passed, N failed`. What could not run
 * for want of a server is named, and fails the run where `CI=true`.
 */
export async function concludeWith(run: () => Promise<TestRun>): Promise<void> {
  // Servers are in groups of their own: a Ctrl-C reaches this process alone, whose end ends them.
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => process.exit(130));
  try {
    const { tally, missing } = await run();
    if (missing.length > 0) say(`\nCould not run: ${missing.length}\n  ${missing.join('\n  ')}`);
    const failsForMissing = process.env['CI'] === 'true' && missing.length > 0;
    const failed = tally.failed + (failsForMissing ? missing.length : 0);
    say(plainLine({ passed: tally.passed, failed }));
    process.exitCode = failed > 0 ? 1 : 0;
  } catch (error) {
    // A run that could not be made is a failed one, and ends with the same line.
    say(String(error));
    say(plainLine({ passed: 0, failed: 1 }));
    process.exitCode = 1;
  }
}

function linesOf(file: string): string[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return [...new Set(lines.filter((line) => line.trim() !== ''))];
}
