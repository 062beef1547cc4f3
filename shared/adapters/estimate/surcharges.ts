/** A longer run of one character is fewer pieces in Gemma's vocabulary than in others. */
const SHORT_RUN = 4;
/** Hundredths for each character of such a run: letters, and what is not ASCII. */
const RUN_OF_LETTERS = 22;
const RUN_OF_OTHERS = 45;

/** Markup that is one token to Gemma, and text to others. */
const MARKUP = /<[/a-z][a-z0-9_]*>|\[multimodal\]/g;
const MARKUP_TOKENS_PER_UNIT = 0.45;

/**
 * Tokens that a text may take elsewhere, beyond a margin over Gemma's count.
 *
 * @param table hundredths of a token for each UTF-16 unit.
 */
export function surchargeOf(text: string, table: Uint8Array): number {
  let hundredths = 0;
  let previous = -1;
  let run = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    hundredths += table[unit] ?? 0;
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
