import type { FactPattern } from './fact-pattern.ts';

/** Not one plain word in quotation marks, as for irony. */
const isTelling = (quote: string): boolean => /[\p{Lu}\s]|[^\p{ASCII}“”«»]/u.test(quote);

/** What stands in quotation marks, straight only where they cannot be something else. */
export const QUOTE_PATTERNS: readonly FactPattern[] = [
  {
    kind: 'quote',
    pattern: /[“«「『《][^“”«»「」『』《》\n]{2,80}[”»」』》]/gu,
    accepts: isTelling,
  },
  {
    kind: 'quote',
    pattern: /(?<![\p{L}\p{N}"\\])"[^"\n\\]{3,80}"(?![\p{L}\p{N}"])/gu,
    accepts: isTelling,
  },
];
