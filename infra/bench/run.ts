import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { AppError } from '../../shared/kernel/app-error.ts';
import { BENCHES, type Bench } from './benches.ts';
import { type Findings, figureText, type Result, tableLines } from './result.ts';

const NAMES = Object.keys(BENCHES);
const ALONE = NAMES.filter((name) => !BENCHES[name]?.needs);

const HELP = `npm run bench [-- NAME…] [--file PATH] [--save]

Measures on this machine. Every bench checks the answer before it times it.

  NAME     one or more of those below (default: all that need nothing beside Node)
  --file   recorded conversations, for the bench that needs some
  --save   write infra/bench/results/NAME.json
  --help   this text

${NAMES.map(helpLine).join('\n')}
`;

function helpLine(name: string): string {
  const { about, needs } = BENCHES[name] ?? {};
  return `  ${name.padEnd(20)} ${about}${needs ? ` (needs ${needs})` : ''}`;
}

const { values, positionals } = readArguments();

if (values.help) process.stdout.write(HELP);
else if (positionals.length > 0) await runAll(positionals);
else {
  await runAll(ALONE);
  const skipped = NAMES.filter((name) => !ALONE.includes(name));
  process.stdout.write(`Run by name only, for what they need: ${skipped.join(', ')}\n`);
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        file: { type: 'string' },
        save: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.stderr.write('See npm run bench -- --help.\n');
    process.exit(1);
  }
}

async function runAll(names: readonly string[]): Promise<void> {
  const unknown = names.find((name) => !BENCHES[name]);
  if (unknown !== undefined) {
    process.stderr.write(`No bench is called ${unknown}: take ${NAMES.join(', ')}\n`);
    process.exitCode = 1;
    return;
  }
  for (const name of names) {
    const bench = BENCHES[name];
    if (bench) await runOne(name, bench).catch(explain);
  }
}

/** What was given wrongly needs no stack. */
function explain(thrown: unknown): void {
  const { code, message } = AppError.from(thrown);
  if (code !== 'invalid-argument') throw thrown;
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
}

async function runOne(name: string, bench: Bench): Promise<void> {
  process.stdout.write(`${name}\n`);
  const findings = await bench.run({ file: values.file });
  for (const [what, figure] of Object.entries(findings.figures)) {
    process.stdout.write(`  ${what.padEnd(42)} ${figureText(figure)}\n`);
  }
  if (findings.table) process.stdout.write(`\n${tableLines(findings.table).join('\n')}\n\n`);
  if (values.save) save(name, findings);
}

function save(name: string, findings: Findings): void {
  const folder = new URL('./results/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}`;
  const at = new Date().toISOString().slice(0, 10);
  const result: Result = { name, at, commit, node: process.version, machine, ...findings };
  writeFileSync(new URL(`${name}.json`, folder), `${JSON.stringify(result, null, 2)}\n`);
}
