import { KIND } from './character-kinds.ts';

/** Tokens of a run of characters of one kind: `first`, then `rate` for each after `free` more. */
export interface RunCost {
  readonly first: number;
  readonly free: number;
  readonly rate: number;
  /** Words in this script take the space before them into their first token. */
  readonly joinsSpace: boolean;
}
const each = (rate: number): RunCost => ({ first: rate, free: 0, rate, joinsSpace: false });
const words = (free: number, rate: number): RunCost => ({ first: 1, free, rate, joinsSpace: true });

/**
 * Measured with the tokenizer of Gemma 3 on prose and lists of names, and set between them: names
 * are cut more often than prose. See decision 0002.
 */
const RUN_COSTS: Readonly<Record<number, RunCost>> = {
  [KIND.threeBytes]: each(3),
  [KIND.twoBytes]: each(2),
  [KIND.control]: each(1),
  [KIND.digit]: each(1),
  [KIND.symbol]: each(1),
  [KIND.han]: each(0.82),
  [KIND.hangul]: words(0, 0.62),
  [KIND.hiragana]: { ...each(0.46), first: 0.6 },
  [KIND.katakana]: { ...each(0.48), first: 0.9 },
  [KIND.cyrillic]: words(2, 0.38),
  [KIND.otherCyrillic]: each(0.9),
  [KIND.greek]: words(1, 0.6),
  [KIND.arabic]: words(1, 0.38),
  [KIND.hebrew]: words(1, 0.6),
  [KIND.devanagari]: words(2, 0.36),
  [KIND.tamil]: words(1, 0.3),
  [KIND.indian]: words(1, 0.55),
  [KIND.thai]: words(0, 0.44),
  [KIND.southEastAsian]: words(0, 0.56),
  [KIND.georgian]: words(0, 0.52),
  [KIND.ethiopic]: words(0, 0.84),
  [KIND.rareScript]: words(0, 0.76),
};

const COSTS: readonly RunCost[] = Array.from(
  { length: Object.keys(KIND).length },
  (_, kind) => RUN_COSTS[kind] ?? each(1),
);

/** What a run of characters of one kind costs, for every kind but Latin letters, marks and blanks. */
export const runCost = (kind: number): RunCost => COSTS[kind] ?? each(3);

/** Emoji up to Unicode 12 are in the vocabulary, newer ones and most else are four bytes. */
export function astralCost(point: number): number {
  if (point <= 0xffff) return 3; // half a pair: it becomes U+FFFD
  if (point >= 0x1f100 && point < 0x1f980) return 1.1;
  if (point >= 0x1f980 && point < 0x1fa00) return 1.5;
  if (point >= 0x1d400 && point < 0x1d800) return 2;
  return 4;
}
