import type { FactPattern } from './fact-pattern.ts';

/** Not one plain word in quotation marks, as for irony. */
const isTelling = (quote: string): boolean => /[\p{Lu}\s]|[^\p{ASCII}“”„«»‹›]/u.test(quote);

/** Opening and closing marks; a German `„` ends in `“`, which opens in English. */
const PAIRS = ['“”', '„“', '„”', '«»', '»«', '‹›', '「」', '『』', '《》'].map(
  ([open = '', close = '']) => `${open}[^${open}${close}\\n]{2,80}${close}`,
);

/**
 * What stands in quotation marks, straight ones only where they cannot be something else. With figures
 * and dates in it, it is a quote all the same.
 */
export const QUOTE_PATTERNS: readonly FactPattern[] = [
  new RegExp(PAIRS.join('|'), 'gu'),
  /(?<![\p{L}\p{N}"\\])"[^"\n\\]{3,80}"(?![\p{L}\p{N}"])/gu,
].map((pattern) => ({ kind: 'quote', pattern, accepts: isTelling, spansOthers: true }));
