import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { countTokens } from 'gpt-tokenizer/encoding/cl100k_base';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadGemmaCounter } from '../../shared/adapters/gemma/gemma-token-counter.ts';
import { cutLongRuns } from '../../shared/adapters/openai-tokens/cut-long-runs.ts';
import { OpenAiTokenCounter } from '../../shared/adapters/openai-tokens/openai-token-counter.ts';
import { tokenCounterFor } from '../../shared/components/token-counter-for.ts';
import { sampleTexts } from '../../shared/testing/sample-texts.ts';
import { SEED_TEXTS } from '../../shared/testing/seed-texts.ts';
import { nameLists } from './name-lists.ts';
import { realTexts } from './real-texts.ts';

const LONG_TOKENS = 200;
/** An estimate may be this much short. */
const SHORT = 0.99;
const PART_UNITS = 2_000;

const gemma = loadGemmaCounter();
const openai = new OpenAiTokenCounter();

interface Measured {
  readonly ratio: number;
  readonly text: string;
}

/** As `OpenAiTokenCounter` counts, with a vocabulary of half the size. */
const cl100k = (text: string): number =>
  cutLongRuns(text).reduce((sum, part) => sum + countTokens(part, AS_TEXT), 0);
const AS_TEXT = { disallowedSpecial: new Set<string>() };

interface Kind {
  readonly name: 'estimate' | 'estimate-100k';
  /** The public vocabularies that it must not be short of. */
  readonly counts: readonly ((text: string) => number)[];
  /** Its medians, beside the largest of these counts. */
  readonly most: { readonly lists: number; readonly seeds: number; readonly real: number };
}

/** Both estimates are measured on the same texts. */
function remembering(count: (text: string) => number): (text: string) => number {
  const counts = new Map<string, number>();
  return (text) => counts.get(text) ?? counts.set(text, count(text)).get(text) ?? 0;
}

const LARGE = [gemma, openai].map((one) => remembering((text) => one.count(text)));
const KINDS: readonly Kind[] = [
  { name: 'estimate', counts: LARGE, most: { lists: 1.2, seeds: 1.2, real: 1.17 } },
  {
    name: 'estimate-100k',
    counts: [...LARGE, cl100k],
    most: { lists: 1.25, seeds: 1.3, real: 1.36 },
  },
];

const shortOf = (texts: readonly Measured[]) =>
  texts
    .filter(({ ratio }) => ratio < SHORT)
    .map(({ ratio, text }) => `${ratio.toFixed(3)} ${text.slice(0, 60)}`);

const medianOf = (texts: readonly Measured[]): number =>
  texts.map(({ ratio }) => ratio).sort((a, b) => a - b)[texts.length >> 1] ?? 0;

const parts = (text: string): string[] =>
  Array.from({ length: Math.ceil(text.length / PART_UNITS) }, (_, index) =>
    text.slice(index * PART_UNITS, (index + 1) * PART_UNITS),
  );

/** Several samples together are long enough, and are of several kinds. */
const joined = (texts: readonly string[]): string[] =>
  Array.from({ length: Math.floor(texts.length / 5) }, (_, index) =>
    texts.slice(index * 5, index * 5 + 5).join(' '),
  );

describe.each(KINDS)('$name, beside public vocabularies of its size', ({ name, counts, most }) => {
  const estimate = tokenCounterFor(name);
  /** Estimate over the largest of the counts, for texts that are long enough. */
  const measured = (texts: readonly string[]): Measured[] =>
    texts.flatMap((text) => {
      const tokens = Math.max(...counts.map((count) => count(text)));
      return tokens < LONG_TOKENS ? [] : [{ ratio: estimate.count(text) / tokens, text }];
    });

  it('is not a hundredth short on a list of names or dates in any language', () => {
    const lists = measured(nameLists().map(({ text }) => text));
    expect(lists.length).toBeGreaterThan(800);
    expect(shortOf(lists)).toEqual([]);
    expect(medianOf(lists)).toBeLessThan(most.lists);
  });

  it('is not on prose, code, markup and symbols of any kind, one by one', () => {
    const texts = measured(SEED_TEXTS.map((text) => `${text}\n`.repeat(12)));
    expect(texts.length).toBeGreaterThan(40);
    expect(shortOf(texts)).toEqual([]);
    expect(medianOf(texts)).toBeLessThan(most.seeds);
  });

  it('is not on random texts of all scripts, letters, bytes and JSON', () => {
    const samples = sampleTexts(6_000);
    const texts = measured([...samples, ...joined(samples)]);
    expect(texts.length).toBeGreaterThan(1_000);
    expect(shortOf(texts)).toEqual([]);
  });

  it('is not on code, data and documents, and wastes little of a budget there', () => {
    const kinds = ['*.md', 'package.json', '{dist,lib,src}/**/*.{js,ts}'];
    const texts = measured([
      ...realTexts(['{functions,shared,infra}/**/*.ts', '*.md', 'infra/**/*.md'], 400),
      ...kinds.flatMap((kind) =>
        realTexts([`node_modules/*/${kind}`, `node_modules/@*/*/${kind}`], 200),
      ),
    ]);
    expect(texts.length).toBeGreaterThan(500);
    expect(shortOf(texts)).toEqual([]);
    expect(medianOf(texts)).toBeLessThan(most.real);
  });

  describe('on recorded conversations', () => {
    const files = ['agent-tools', 'chat-en', 'chat-zh', 'locomo-1to5', 'short-dialogues'].map(
      (name) => fileURLToPath(new URL(`../../../shared/data/${name}.json`, import.meta.url)),
    );
    const found = files.filter((file) => existsSync(file));
    let texts: string[] = [];
    beforeAll(() => {
      const all = found.flatMap((file) => parts(readFileSync(file, 'utf8')));
      const step = Math.max(1, Math.floor(all.length / 400));
      texts = all.filter((_, index) => index % step === 0);
    });
    const title =
      found.length > 0
        ? `is not, in ${found.length} files, and wastes little of a budget`
        : 'has none in ../shared/data to be measured on: the texts above stand for them';

    it(title, () => {
      const conversations = measured(found.length > 0 ? texts : SEED_TEXTS);
      expect(shortOf(conversations)).toEqual([]);
      if (found.length > 0) expect(medianOf(conversations)).toBeLessThan(most.real);
    });
  });
});
