import { readFileSync } from 'node:fs';
import { zstdDecompressSync } from 'node:zlib';
import type { TokenCounter } from '../../ports/token-counter.ts';
import { Markup } from './markup.ts';
import { PieceIndex } from './piece-index.ts';
import { Scanner } from './scanner.ts';
import { decodeVocabulary, type Vocabulary } from './vocabulary.ts';

/** Beside this file, in the sources as in the package. */
export const VOCABULARY_FILE = new URL('./gemma3.vocab.zst', import.meta.url);

/** More than the vocabulary takes: in one chunk it is decompressed without being copied together. */
const CHUNK_BYTES = 8 * 1_024 * 1_024;

export const readVocabulary = (): Vocabulary =>
  decodeVocabulary(zstdDecompressSync(readFileSync(VOCABULARY_FILE), { chunkSize: CHUNK_BYTES }));

/** Names counts by this vocabulary. */
export const GEMMA_COUNTER = 'gemma3';

let scanner: Scanner | undefined;

/**
 * Counts exactly as Gemma 3's tokenizer does, which is Gemini's. The vocabulary is read at the first
 * count, once for the process: who never counts does not pay for it.
 */
export class GemmaTokenCounter implements TokenCounter {
  readonly name = GEMMA_COUNTER;

  count(text: string): number {
    scanner ??= open();
    return scanner.count(text);
  }
}

/** A counter that is ready: the first count takes no longer than the others. */
export function loadGemmaCounter(): GemmaTokenCounter {
  scanner ??= open();
  return new GemmaTokenCounter();
}

function open(): Scanner {
  const vocabulary = readVocabulary();
  return new Scanner(new PieceIndex(vocabulary), new Markup(vocabulary));
}
