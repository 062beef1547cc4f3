import { onFirstUse, type Rates, type Row, tableOf } from './rates.ts';

/**
 * Where other vocabularies hold fewer pieces of a script than Gemma's does. Measured as the most by which
 * OpenAI's o200k exceeds it on prose, names of countries and languages, dates and random letters of
 * the script (2026-11, see decision 0002).
 */
const ROWS: readonly Row[] = [
  // What stands in no other row may be spelled in bytes elsewhere: two of them, or three.
  [0x0250, 0x07ff, 100],
  [0x0800, 0xffff, 200],
  // Latin letters of western Europe, and of the rest: Czech names take the most.
  [0x0080, 0x024f, 5],
  [0x0100, 0x017f, 32],
  [0x00a0, 0x00bf, 40],
  [0x1e00, 0x1eff, 5],
  // Combining marks; Greek; Cyrillic; Armenian; Hebrew; Arabic and Persian.
  [0x0300, 0x036f, 30],
  [0x0370, 0x03ff, 10],
  [0x1f00, 0x1fff, 10],
  [0x0400, 0x04ff, 1],
  [0x0530, 0x058f, 0],
  [0x0590, 0x05ff, 0],
  [0x0600, 0x06ff, 2],
  // Devanagari and its digits; Bengali and its digits; Gurmukhi, Gujarati; Odia; Tamil; Telugu.
  [0x0900, 0x097f, 7],
  [0x0966, 0x096f, 70],
  [0x0980, 0x09ff, 10],
  [0x09e6, 0x09ef, 40],
  [0x0a00, 0x0aff, 0],
  [0x0b00, 0x0b7f, 15],
  [0x0b80, 0x0bff, 8],
  [0x0c00, 0x0c7f, 6],
  // Kannada, Malayalam, Sinhala; Thai; Lao; Tibetan and its digits; Burmese, without Shan; Georgian.
  [0x0c80, 0x0dff, 0],
  [0x0e00, 0x0e7f, 0],
  [0x0e80, 0x0eff, 100],
  [0x0f00, 0x0fff, 65],
  [0x0f20, 0x0f33, 120],
  [0x1000, 0x104f, 10],
  [0x10a0, 0x10ff, 0],
  // Ethiopic; Cherokee; Khmer.
  [0x1200, 0x139f, 155],
  [0x13a0, 0x13ff, 195],
  [0x1780, 0x17ff, 10],
  // Punctuation, arrows, mathematics, symbols; blocks, which Gemma also takes for spaces.
  [0x2000, 0x2bff, 40],
  [0x2580, 0x259f, 250],
  // Kana, Han and their punctuation; Hangul; emoji, by half a pair; full-width forms.
  [0x3000, 0x30ff, 10],
  [0x3400, 0x9fff, 6],
  [0xac00, 0xd7a3, 0],
  [0xd800, 0xdfff, 35],
  [0xfe00, 0xffff, 40],
];

/** Models with about 200,000 pieces or more, as o200k has. */
export const LARGE_VOCABULARIES: Rates = {
  name: 'estimate',
  margin: 1.16,
  hundredths: onFirstUse(() => tableOf(ROWS)),
};
