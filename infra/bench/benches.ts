import { agentWindows } from './agent-windows.bench.ts';
import { append } from './append.bench.ts';
import { besideLangchain } from './beside-langchain.bench.ts';
import { coldStart } from './cold-start.bench.ts';
import { context } from './context.bench.ts';
import { contextAssembly } from './context-assembly.bench.ts';
import { facts } from './facts.bench.ts';
import { firestoreAppend } from './firestore-append.bench.ts';
import { firestoreMigration } from './firestore-migration.bench.ts';
import { hotTier } from './hot-tier.bench.ts';
import { load } from './load.bench.ts';
import { metrics } from './metrics.bench.ts';
import { migration } from './migration.bench.ts';
import { redisOutage } from './redis-outage.bench.ts';
import type { Figures, Findings } from './result.ts';
import { recordedRetention, retention } from './retention/retention.bench.ts';
import { telemetry } from './telemetry.bench.ts';
import { tokens } from './tokens.bench.ts';

export interface Bench {
  /** One line for `--help`. */
  readonly about: string;
  /** What it starts or installs: such a bench runs only when it is named. */
  readonly needs?: string;
  run(given: BenchArguments): Promise<Findings>;
}

export interface BenchArguments {
  /** Recorded conversations to measure on. */
  readonly file?: string | undefined;
}

const SERVERS = 'the Firestore emulator and redis-server';

export const BENCHES: Readonly<Record<string, Bench>> = {
  append: bench(append, 'appends a second, beside node:sqlite alone'),
  context: bench(context, 'a context of a short and of a long session'),
  migration: bench(migration, '100,000 items to the cold tier: rate and memory'),
  tokens: bench(tokens, 'exact token counts, beside the package of the vocabulary'),
  metrics: bench(metrics, 'what metrics add to a hot read through its handler'),
  facts: bench(facts, 'finding facts, in chat and in texts made to be hard'),
  retention: {
    about: 'planted facts in the context after rounds of summarising, beside other ways',
    run: retention,
  },
  telemetry: bench(telemetry, 'what the scope of a log and a span add to a hot context'),
  'hot-tier': bench(hotTier, 'a hot context, beside one GET and JSON.parse', 'redis-server'),
  'cold-start': bench(
    coldStart,
    'from the start of a process to its first answer, beside a bare handler',
    `${SERVERS}, taskset`,
  ),
  'firestore-append': bench(
    firestoreAppend,
    'an append on the real tiers, beside one batch of two sets',
    SERVERS,
  ),
  'redis-outage': bench(
    redisOutage,
    'contexts and appends while Redis hangs or is gone, beside the same without Redis',
    SERVERS,
  ),
  load: bench(
    load,
    'a minute at saturation while the store fails, Redis goes away and clients leave',
    'redis-server',
  ),
  'context-assembly': bench(
    contextAssembly,
    "a context from a head of 500 items, beside LangChain's trimMessages",
    'the packages in infra/bench/peers',
  ),
  'recorded-retention': {
    about: 'what is asked for later, in the contexts of recordings, beside other ways',
    needs: 'recordings: --file PATH',
    run: ({ file }) => recordedRetention(file),
  },
  'agent-windows': {
    about: 'every context of recorded agent runs, beside their last 15 messages',
    needs: 'recorded runs: --file PATH',
    run: ({ file }) => agentWindows(file),
  },
  'firestore-migration': bench(
    firestoreMigration,
    'items to the cold tier on Firestore, beside the same reads and writes in bulk',
    SERVERS,
  ),
  'beside-langchain': {
    about: "document reads and the last 50 messages, beside LangChain's Firestore history",
    needs: `${SERVERS}, and what npm ci installs in infra/bench/peers`,
    run: besideLangchain,
  },
};

function bench(measure: () => Promise<Figures>, about: string, needs?: string): Bench {
  const run = async () => ({ figures: await measure() });
  return needs === undefined ? { about, run } : { about, needs, run };
}
