import type { Tally } from './count-tests.ts';
import { runCommand } from './run-command.ts';
import { concludeWith, ROOT, runTests, say } from './run-tests.ts';
import { HELP, wantsHelp } from './test-arguments.ts';

/**
 * `npm test`: the static checks, then every test. Ends with one plain line, `N passed, N failed`;
 * each static check counts as one. What could not run for want of a server is named, and fails the
 * run where `CI=true`.
 */
const STATIC_CHECKS: readonly { readonly name: string; readonly command: readonly string[] }[] = [
  { name: 'Types', command: ['tsc', '--noEmit'] },
  {
    name: 'Layers',
    command: ['depcruise', '--config', 'infra/tooling/layers.cjs', 'functions', 'shared', 'infra'],
  },
  { name: 'Format and lint', command: ['biome', 'check', '--error-on-warnings', '.'] },
];

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

async function runAll(): Promise<void> {
  await concludeWith(async () => {
    const checks = await runStaticChecks();
    const { tally, missing } = await runTests();
    const passed = checks.passed + tally.passed;
    return { tally: { passed, failed: checks.failed + tally.failed }, missing };
  });
}

try {
  if (wantsHelp(process.argv.slice(2))) process.stdout.write(HELP);
  else await runAll();
} catch (error) {
  if (!(error instanceof TypeError)) throw error;
  process.stderr.write(`strata: ${error.message}\nstrata: See npm test -- --help.\n`);
  process.exitCode = 1;
}
