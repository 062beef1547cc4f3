import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  GemmaTokenCounter,
  loadGemmaCounter,
} from '../../shared/adapters/gemma/gemma-token-counter.ts';
import { loadReference } from '../tokens/reference.ts';
import { round, spreadOf, spreadOfRatio } from './measure.ts';
import type { Spread } from './result.ts';
import { draft } from './workspace.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const ROUNDS = 5;
const MEASURE_MS = 150;
const KIB_256 = 262_144;

/** Our counter beside the package that its vocabulary comes from, on the same texts in turn. */
export async function tokens() {
  const loading = [...Array(5)].map(loadAlone);
  const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[2] ?? 0;
  const counter = loadGemmaCounter();
  const reference = loadReference();
  const figures: Record<string, number | Spread> = {
    'load, ms (median of 5 processes)': round(median(loading.map(({ ms }) => ms))),
    'memory taken by loading, MB': round(median(loading.map(({ megabytes }) => megabytes))),
  };
  for (const [kind, texts] of Object.entries(textsByKind())) {
    for (const text of texts) {
      if (counter.count(text) !== reference.count(text))
        throw new Error(`A count of ${kind} differs`);
    }
    const [own, other]: [number[], number[]] = [[], []];
    for (let round = 0; round < ROUNDS; round++) {
      own.push(millionsPerSecond(texts, counter));
      other.push(millionsPerSecond(texts, reference));
    }
    figures[`${kind}, M tokens/s`] = spreadOf(own);
    figures[`${kind}, package, M tokens/s`] = spreadOf(other);
    figures[`${kind}, tokens/s over the package`] = spreadOfRatio(own, other);
  }
  figures['256 KiB of one letter, ms'] = round(onceMs(() => counter.count('a'.repeat(KIB_256))));
  return figures;
}

function textsByKind(): Readonly<Record<string, readonly string[]>> {
  const read = (pattern: string) =>
    globSync(pattern, { cwd: ROOT })
      .sort()
      .slice(0, 40)
      .map((file) => readFileSync(join(ROOT, file), 'utf8').slice(0, 20_000));
  const chat = Array.from({ length: 200 }, (_, index) => draft(index).content);
  const records = chat.map((content, id) => ({ id, role: 'user', content, at: `2026-03-${id}` }));
  const chinese = Array.from(
    { length: 100 },
    (_, index) =>
      `请在${index}号之前提醒我给房东打电话，厨房的水龙头还在漏水；订单已经发货，预计下周到。`,
  );
  return {
    chat: [...chat, ...read('infra/demo/conversation/*.ts')],
    JSON: [JSON.stringify(records), JSON.stringify(records, null, 2), ...read('*.json')],
    code: read('shared/**/*.ts'),
    Markdown: [...read('*.md'), ...read('infra/decisions/*.md')],
    Chinese: chinese,
  };
}

interface Counter {
  count(text: string): number;
  forget?(): void;
}

function millionsPerSecond(texts: readonly string[], counter: Counter): number {
  for (const text of texts) counter.count(text);
  const startMs = performance.now();
  let tokens = 0;
  while (performance.now() - startMs < MEASURE_MS) {
    counter.forget?.();
    for (const text of texts) tokens += counter.count(text);
  }
  return tokens / (performance.now() - startMs) / 1_000;
}

function onceMs(run: () => unknown): number {
  const startMs = performance.now();
  run();
  return performance.now() - startMs;
}

/** Time until the first count, and resident memory by then, in a process of its own. */
function loadAlone(): { ms: number; megabytes: number } {
  const module = import.meta.resolve('../../shared/adapters/gemma/gemma-token-counter.ts');
  const script = `
    const { ${GemmaTokenCounter.name} } = await import('${module}');
    const before = process.memoryUsage.rss();
    const startMs = performance.now();
    new ${GemmaTokenCounter.name}().count('a');
    const ms = performance.now() - startMs;
    console.log(JSON.stringify({ ms, megabytes: (process.memoryUsage.rss() - before) / 1e6 }));`;
  const said = execFileSync(process.execPath, ['--input-type=module', '--eval', script]);
  return JSON.parse(said.toString());
}
