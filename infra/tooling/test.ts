import { existsSync, readFileSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { countTests, plainLine, type Tally } from './count-tests.ts';
import { runCommand } from './run-command.ts';
import { startServers } from './test-servers.ts';

/**
 * `npm test`: the static checks, then every test. Ends with one plain line, `N passed, N failed`;
 * each static check counts as one. What could not run for want of a server is named, and fails the
 * run where `CI=true`.
 */
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const STATIC_CHECKS: readonly { readonly name: string; readonly command: readonly string[] }[] = [
  { name: 'Types', command: ['tsc', '--noEmit'] },
  {
    name: 'Layers',
    command: ['depcruise', '--config', 'infra/tooling/layers.cjs', 'functions', 'shared', 'infra'],
  },
  { name: 'Format and lint', command: ['biome', 'check', '--error-on-warnings', '.'] },
];

const say = (text: string) => process.stdout.write(`${text}\n`);

async function runStaticChecks(): Promise<Tally> {
  let tally: Tally = { passed: 0, failed: 0 };
  for (const { name, command } of STATIC_CHECKS) {
    const startedAtMs = performance.now();
    const { status, output } = await runCommand(command, { cwd: ROOT, isQuiet: true });
    const seconds = ((performance.now() - startedAtMs) / 1_000).toFixed(1);
    say(`${status === 0 ? '✓' : '✗'} ${name} (${seconds} s)`);
    if (status !== 0) say(output);
    tally =
      status === 0
        ? { ...tally, passed: tally.passed + 1 }
        : { ...tally, failed: tally.failed + 1 };
  }
  return tally;
}

async function runTests(dir: string): Promise<{ tally: Tally; missing: readonly string[] }> {
  const report = join(dir, 'report.json');
  const missingFile = join(dir, 'missing.txt');
  const servers = await startServers();
  try {
    const { status } = await runCommand(
      [
        ...['vitest', 'run', '--config', 'infra/tooling/vitest.config.ts'],
        ...['--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
      ],
      { cwd: ROOT, env: { ...servers.env, STRATA_TEST_MISSING: missingFile } },
    );
    const text = existsSync(report) ? readFileSync(report, 'utf8') : '';
    return {
      tally: countTests(text, status),
      missing: linesOf(missingFile),
    };
  } finally {
    await servers.stop();
  }
}

function linesOf(file: string): string[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return [...new Set(lines.filter((line) => line.trim() !== ''))];
}

const dir = await mkdtemp(join(tmpdir(), 'strata-test-'));
try {
  const checks = await runStaticChecks();
  const { tally, missing } = await runTests(dir);
  const failsForMissing = process.env['CI'] === 'true' && missing.length > 0;
  if (missing.length > 0) say(`\nCould not run: ${missing.length}\n  ${missing.join('\n  ')}`);
  const total: Tally = {
    passed: checks.passed + tally.passed,
    failed: checks.failed + tally.failed + (failsForMissing ? missing.length : 0),
  };
  say(plainLine(total));
  process.exitCode = total.failed > 0 ? 1 : 0;
} catch (error) {
  // A run that could not be made is a failed one, and ends with the same line.
  say(String(error));
  say(plainLine({ passed: 0, failed: 1 }));
  process.exitCode = 1;
} finally {
  rmSync(dir, { recursive: true, force: true });
}
