import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BREAKS, type Break } from './breaks.ts';
import { runCommand } from './run-command.ts';

/**
 * `npm run test:broken`: breaks the code that keeps an invariant, one break after the other, in a
 * copy of the sources, and shows that the tests named beside it go red. A break that stays green is
 * a rule that no test holds. An argument takes only the invariants that contain it, for example
 * `npm run test:broken -- "2 one home"`.
 */
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SOURCES = ['functions', 'shared', 'infra', 'package.json', 'tsconfig.json', 'README.md'];

/** A break that makes a test run for ever is noticed too. */
const TIMEOUT_MS = 120_000;

/** Green where no test is found: a break that ran none is not noticed. */
const COMMAND = [
  ...['vitest', 'run', '--config', 'infra/tooling/vitest.config.ts'],
  ...['--bail=1', '--passWithNoTests'],
];

const say = (text: string) => process.stdout.write(`${text}\n`);

const copy = await mkdtemp(join(tmpdir(), 'strata-broken-'));
try {
  for (const name of SOURCES) await cp(join(ROOT, name), join(copy, name), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  const survivors: Break[] = [];
  const wanted = process.argv[2] ?? '';
  const breaks = BREAKS.filter(({ invariant }) => invariant.includes(wanted));
  if (breaks.length === 0) say(`No invariant contains "${wanted}": ${invariants()}`);
  for (const one of breaks) {
    const isRed = await goesRed(one);
    say(`${isRed ? 'red  ' : 'GREEN'}  ${one.invariant}: ${one.what}`);
    if (!isRed) survivors.push(one);
  }
  say(`\n${breaks.length - survivors.length} of ${breaks.length} breaks were noticed`);
  process.exitCode = survivors.length > 0 || breaks.length === 0 ? 1 : 0;
} finally {
  await rm(copy, { recursive: true, force: true });
}

function invariants(): string {
  return [...new Set(BREAKS.map(({ invariant }) => invariant))].join(', ');
}

async function goesRed({ file, find, replace, tests }: Break): Promise<boolean> {
  const path = join(copy, file);
  const source = await readFile(path, 'utf8');
  const absent = tests.filter((test) => !existsSync(join(copy, test)));
  if (absent.length > 0) throw new Error(`There is no ${absent.join(', ')}`);
  const parts = source.split(find);
  if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} places like: ${find}`);
  await writeFile(path, parts.join(replace));
  try {
    const project = tests.some((test) => test.endsWith('.int.test.ts')) ? 'int' : 'unit';
    const { status } = await runCommand([...COMMAND, `--project=${project}`, ...tests], {
      cwd: copy,
      isQuiet: true,
      timeoutMs: TIMEOUT_MS,
    });
    return status !== 0;
  } finally {
    await writeFile(path, source);
  }
}
