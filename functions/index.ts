import type { FunctionName } from '../shared/topology.ts';

// One table, one dynamic import: a function loads its own handler and nobody else's.
const ENTRIES: Readonly<Record<FunctionName, () => Promise<unknown>>> = {
  'write-items': () => import('./write-items/index.ts'),
  'read-items': () => import('./read-items/index.ts'),
  'ingest-items': () => import('./ingest-items/index.ts'),
  'migrate-tiers': () => import('./migrate-tiers/index.ts'),
  'migrate-session': () => import('./migrate-session/index.ts'),
  'summarize-session': () => import('./summarize-session/index.ts'),
  'collect-metrics': () => import('./collect-metrics/index.ts'),
  'erase-user': () => import('./erase-user/index.ts'),
};

const target = targetOf(process.argv) ?? process.env['FUNCTION_TARGET'] ?? '';
const load = Object.entries(ENTRIES).find(([name]) => name === target)?.[1];
if (!load)
  throw new TypeError(
    `FUNCTION_TARGET must be one of ${Object.keys(ENTRIES).join(', ')}; got "${target}"`,
  );
await load();

/** What `functions-framework --target=…` was told: it wins over the variable, as it does there. */
function targetOf(argv: readonly string[]): string | undefined {
  const at = argv.findIndex((text) => text === '--target' || text.startsWith('--target='));
  if (at < 0) return undefined;
  return argv[at]?.split('=')[1] ?? argv[at + 1];
}
