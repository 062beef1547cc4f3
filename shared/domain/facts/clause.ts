/** How far a fact may reach back for the words that say what it is. */
const WORDS_BEFORE = 3;
const UNITS_BEFORE = 32;
/** In scripts without spaces, so many characters. */
const IDEOGRAPHS_BEFORE = 6;

/** Another figure or address ends it as well: that is a fact of its own. */
const CLAUSE_END = /[.,;:!?()[\]{}"“”«»|\n\r\t•。，；：！？、（）「」《》…—→\d@`]/u;
const IDEOGRAPH = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;
/** What says nothing at the start of a fact. */
const FILLER =
  /^(?:(?:a|also|an|and|are|as|at|be|because|been|but|by|can|could|did|do|for|from|had|has|have|he|her|his|if|in|is|it|its|i|just|like|me|my|of|on|or|our|please|[ap]m on|she|so|that|the|their|then|there|these|they|this|those|to|was|we|were|when|which|while|who|will|with|would|you|your|(?:he|i|it|she|that|there|they|we|you)['’](?:d|ll|m|re|s|ve)) |[的了是在和或我你他她们请のはをにが]|[-–*'’&#\s]+)/iu;
const SKIP_AT_MOST = 4;

/**
 * Where a fact starts when it takes up to three words of its own clause with it (`seat 14C`, `total
 * $1,284.50`), so that a reader knows what it is of.
 *
 * @param isTaken whether a position belongs to another fact; words on its far side are not taken.
 */
export function clauseStart(
  text: string,
  start: number,
  isTaken: (index: number) => boolean,
): number {
  const clauseEnd = beforeLink(text, start);
  let at = start;
  let words = 0;
  let ideographs = 0;
  for (let index = clauseEnd - 1; index >= 0 && start - index <= UNITS_BEFORE; index -= 1) {
    const character = text.charAt(index);
    if (CLAUSE_END.test(character) || isTaken(index)) break;
    if (character === ' ' && index < clauseEnd - 1) words += 1;
    if (words === WORDS_BEFORE) break;
    if (IDEOGRAPH.test(character)) ideographs += 1;
    if (ideographs > IDEOGRAPHS_BEFORE) break;
    if (isWordStart(text, index)) at = index;
  }
  return skipFiller(text, at, start);
}

/** A label may stand before a colon or a bracket: `**Price:** $146`, `Economy ($112)`. */
function beforeLink(text: string, start: number): number {
  const link = /(?:[:：]\*{0,2} {0,2}| \(|（)$/.exec(
    text.slice(Math.max(0, start - 6), start),
  )?.[0];
  return link === undefined ? start : start - link.length;
}

function isWordStart(text: string, index: number): boolean {
  const character = text.charAt(index);
  if (character === ' ' || isLowSurrogate(text, index)) return false;
  return (
    IDEOGRAPH.test(character) ||
    index === 0 ||
    !/[\p{L}\p{N}\p{M}_'’-]/u.test(text.charAt(index - 1))
  );
}

function isLowSurrogate(text: string, index: number): boolean {
  const unit = text.charCodeAt(index);
  return unit >= 0xdc00 && unit <= 0xdfff;
}

function skipFiller(text: string, from: number, start: number): number {
  let at = from;
  for (let skipped = 0; skipped < SKIP_AT_MOST && at < start; skipped += 1) {
    const filler = FILLER.exec(text.slice(at, start))?.[0];
    if (filler === undefined) break;
    at += filler.length;
  }
  return at;
}
