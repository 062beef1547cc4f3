import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { zstdDecompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { describeTokenCounter } from '../../ports/token-counter.contract.ts';
import { sampleTexts } from '../../testing/sample-texts.ts';
import { GemmaTokenCounter, loadGemmaCounter, VOCABULARY_FILE } from './gemma-token-counter.ts';

describeTokenCounter('GemmaTokenCounter', () => new GemmaTokenCounter());

describe('GemmaTokenCounter', () => {
  const counter = loadGemmaCounter();
  const blanks = (count: number) => ' '.repeat(count);

  it('counts what the package counts on the stored texts', () => {
    const stored = readFileSync(new URL('expected-counts.txt', import.meta.url), 'utf8');
    const expected = stored.trim().split(' ').map(Number);
    expect(expected).toHaveLength(400);
    expect(sampleTexts(400).map((text) => counter.count(text))).toEqual(expected);
  });

  // Each count is the package's own.
  it.each([
    ['Hello, world!', 4],
    ['订单已发货。', 5],
    ['2026-03-14', 10],
    ['the space is a part of the word that follows', 10],
    [' yyyy', 3],
    [' YYYY', 3],
    [' ::::::::', 3],
    [' diffformul', 4],
    ['<table><td></td></table>', 4],
    ['<table ><b', 4],
    ['<bos><start_of_turn>user', 3],
    ['<unused6241>', 1],
    ['<unused6242>', 7],
    ['[multimodal]', 1],
    ['> </', 1],
    ['\n'.repeat(31), 1],
    ['\n'.repeat(32), 2],
    [blanks(31), 1],
    [`${blanks(32)}a`, 2],
    [`${blanks(33)}a`, 3],
    ['\u2581'.repeat(32), 2],
    [`${'\u2581'.repeat(32)}  a`, 3],
    ['\ud83d', 3],
    ['\u0000', 1],
  ])('counts %j as %i', (text, tokens) => {
    expect(counter.count(text)).toBe(tokens);
  });

  it('counts a long segment as it counts a short one', () => {
    // Sixty-four characters are merged by scanning, more of them with a heap.
    expect(counter.count('ab'.repeat(32))).toBe(16);
    expect(counter.count('ab'.repeat(33))).toBe(17);
  });
});

it('the vocabulary file is the one that was packed', () => {
  const bytes = zstdDecompressSync(readFileSync(VOCABULARY_FILE));
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(
    '4cc7c3973531e460ef0f1e4851936e8d82af34f2eb45a24f36a4c3a8e809cda8',
  );
});
