import { tagNames, withoutTags } from '../../domain/tag-lookalikes.ts';

/** Our own tags, and the marks with which Gemini's family tells turns apart. */
const NAMES = tagNames('item', 'summary', 'conversation', 'start_of_turn', 'end_of_turn');
/** Marks of turns in other families: `<|im_start|>`, `[INST]`, `<<SYS>>`. */
const FOREIGN = /<(?=\||<\s*\/?\s*sys\b)|\[(?=\s*\/?\s*inst\s*\])/giu;
/**
 * What nobody sees and a model may read: Unicode's tag characters, which spell hidden ASCII; marks
 * that turn the order of what is shown; controls.
 */
const HIDDEN = /[\u{e0000}-\u{e007f}\u202a-\u202e\u2066-\u2069\p{Cc}]/gu;

/**
 * Text that cannot end or begin a fence, whatever it holds: the bracket of anything like one of our
 * tags becomes `&lt;`, and what is hidden is left out. All else stays as it is, code included. What
 * UTF-8 cannot carry is replaced, because the API would refuse the whole request.
 */
export const neutral = (text: string): string =>
  withoutTags(
    text
      .toWellFormed()
      .replace(HIDDEN, (char) => (/[\t\n\r]/.test(char) ? char : ''))
      .replace(FOREIGN, (bracket) => (bracket === '<' ? '&lt;' : '&#91;')),
    NAMES,
    (_, slash) => `&lt;${slash}`,
  );

/** A name as the value of an attribute. */
export const neutralName = (name: string): string => name.replace(/[^\p{L}\p{N}_.-]/gu, '_');
