/** Our tags, in any spelling that a reader could take for one: spaces, other brackets, a slash. */
const TAG = /[<＜‹﹤](?=\s*[/／]?\s*(?:item|summary|conversation)\b)/giu;

/**
 * Text that cannot end or begin a fence: the bracket of anything like one of our tags becomes
 * `&lt;`. All else stays as it is, code included. What UTF-8 cannot carry is replaced, because the
 * API would refuse the whole request.
 */
export const neutral = (text: string): string => text.toWellFormed().replace(TAG, '&lt;');

/** A name as the value of an attribute. */
export const neutralName = (name: string): string => name.replace(/[^\p{L}\p{N}_.-]/gu, '_');
