import { ADDRESS_PATTERNS } from './address-patterns.ts';
import { MONEY_PATTERNS, NUMBER } from './amount-patterns.ts';
import { datePatterns } from './date-patterns.ts';
import { DECISION_PATTERNS } from './decision-patterns.ts';
import type { FactPattern } from './fact-pattern.ts';
import { EXACT_ID_PATTERNS, ID_PATTERNS } from './id-patterns.ts';
import { NAME_PATTERNS } from './name-patterns.ts';
import { QUOTE_PATTERNS } from './quote-patterns.ts';
import { TIME_PATTERNS } from './time-patterns.ts';

let patterns: readonly FactPattern[] | undefined;

/**
 * In the order in which they lay claim to a stretch of text: the most specific first. Made with the
 * first text.
 */
export function factPatterns(): readonly FactPattern[] {
  patterns ??= [
    ...ADDRESS_PATTERNS,
    ...EXACT_ID_PATTERNS,
    ...datePatterns(),
    ...TIME_PATTERNS,
    ...MONEY_PATTERNS,
    ...ID_PATTERNS,
    ...QUOTE_PATTERNS,
    NUMBER,
    ...NAME_PATTERNS,
    ...DECISION_PATTERNS,
  ];
  return patterns;
}
