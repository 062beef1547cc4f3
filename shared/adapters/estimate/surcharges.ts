/**
 * First and last UTF-16 unit, and hundredths of a token that each takes beyond the margin: where
 * other vocabularies hold fewer pieces of a script than Gemma's does. Measured as the most by which
 * OpenAI's o200k exceeds it on prose, names of countries and languages, dates and random letters of
 * the script (2026-11, see decision 0002). A later row overrides an earlier one.
 */
const RANGES: readonly (readonly [first: number, last: number, hundredths: number])[] = [
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

const HUNDREDTHS = buildTable();

function buildTable(): Uint8Array {
  const table = new Uint8Array(0x10000);
  for (const [first, last, hundredths] of RANGES) table.fill(hundredths, first, last + 1);
  return table;
}

/** A longer run of one character is fewer pieces in Gemma's vocabulary than in others. */
const SHORT_RUN = 4;
/** Hundredths for each character of such a run: letters, and what is not ASCII. */
const RUN_OF_LETTERS = 22;
const RUN_OF_OTHERS = 45;

/** Markup that is one token to Gemma, and text to others. */
const MARKUP = /<[/a-z][a-z0-9_]*>|\[multimodal\]/g;
const MARKUP_TOKENS_PER_UNIT = 0.45;

/** Tokens that a text may take elsewhere, beyond a margin over Gemma's count. */
export function surchargeOf(text: string): number {
  let hundredths = 0;
  let previous = -1;
  let run = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    hundredths += HUNDREDTHS[unit] ?? 0;
    run = unit === previous ? run + 1 : 1;
    previous = unit;
    if (run > SHORT_RUN) hundredths += runCost(unit);
  }
  return hundredths / 100 + markupTokens(text);
}

function runCost(unit: number): number {
  if (unit >= 0x80) return RUN_OF_OTHERS;
  const isLetter = (unit >= 0x41 && unit <= 0x5a) || (unit >= 0x61 && unit <= 0x7a);
  return isLetter ? RUN_OF_LETTERS : 0;
}

function markupTokens(text: string): number {
  let tokens = 0;
  for (const [tag] of text.matchAll(MARKUP)) tokens += tag.length * MARKUP_TOKENS_PER_UNIT - 0.5;
  return tokens;
}
