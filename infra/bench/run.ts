import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { append } from './append.bench.ts';
import { context } from './context.bench.ts';
import { hotTier } from './hot-tier.bench.ts';
import { migration } from './migration.bench.ts';
import { tokens } from './tokens.bench.ts';

type Figures = Readonly<Record<string, number>>;

const BENCHES: Readonly<Record<string, () => Promise<Figures>>> = {
  append,
  context,
  'hot-tier': hotTier,
  migration,
  tokens,
};

const HELP = `npm run bench [-- NAME…] [--save]

Measures on this machine. Every bench checks the answer before it times it.

  NAME     one or more of: ${Object.keys(BENCHES).join(', ')} (default: all)
  --save   write infra/bench/results/NAME.json
  --help   this text
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { save: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
});

if (values.help) {
  process.stdout.write(HELP);
} else {
  for (const name of positionals.length > 0 ? positionals : Object.keys(BENCHES)) {
    await runOne(name);
  }
}

async function runOne(name: string): Promise<void> {
  const bench = BENCHES[name];
  if (!bench) {
    process.stderr.write(`No bench is called ${name}: take ${Object.keys(BENCHES).join(', ')}\n`);
    process.exit(1);
  }
  process.stdout.write(`${name}\n`);
  const figures = await bench();
  for (const [what, value] of Object.entries(figures)) {
    process.stdout.write(`  ${what.padEnd(42)} ${value.toLocaleString('en')}\n`);
  }
  if (values.save) save(name, figures);
}

function save(name: string, figures: Figures): void {
  const folder = new URL('./results/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}`;
  const at = new Date().toISOString().slice(0, 10);
  const result = { name, at, commit, node: process.version, machine, figures };
  writeFileSync(new URL(`${name}.json`, folder), `${JSON.stringify(result, null, 2)}\n`);
}
