import type { FactPattern } from './fact-pattern.ts';
import { SPACED_LETTERS } from './scripts.ts';

const ORDINAL = /^\d+(?:st|nd|rd|th)$/i;
/** `500mg`, `14C`, `4-5kg`: a figure with its unit. */
const MEASURE = /^\d+(?:-\d+)?[A-Za-z]{1,3}$/;
/** `20-year-old`, `3-day`, `mid-2020`, `Day-1`: words around a figure. */
const WORDS = /^(?:\d{1,4}(?:-[a-z]+)+|[a-z]+-\d{1,4}|[A-Z][a-z]+-\d{1,2})$/;
const FIGURES = /^#?\d[\d-]*$/;
const DIGITS_OF_AN_ID = 6;

/**
 * Whether a run of letters, digits, `-` and `_` is a code that stands for one thing (`HAT123`,
 * `mia_li_3668`, `FLX-2291`, an order number) rather than a figure or a word.
 */
export function isCode(token: string): boolean {
  const digits = token.replace(/\D/g, '').length;
  if (digits === 0 || ORDINAL.test(token) || MEASURE.test(token) || WORDS.test(token)) return false;
  if (FIGURES.test(token)) return token.startsWith('#') || digits >= DIGITS_OF_AN_ID;
  return true;
}

const OF_WHAT = 'ID|id|code|Code|number|reservation|booking|order|ticket|reference|ref|PNR';
const LINK = '(?: (?:ID|id|code|number|is|was|no\\.?|of))?(?::\\*{0,2})? #?';

export const UUID: FactPattern = {
  kind: 'id',
  pattern: /(?<![\w-])[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?![\w-])/giu,
};

/** Codes of every sort, numbers of orders and phones, and names of code in backticks. */
export const ID_PATTERNS: readonly FactPattern[] = [
  // A code without digits is one after a word that says so: `reservation ID AQLBTL`.
  {
    kind: 'id',
    pattern: new RegExp(`(?<=\\b(?:${OF_WHAT})${LINK})[A-Z][A-Z0-9-]{3,19}(?![\\w-])`, 'gu'),
  },
  {
    kind: 'id',
    pattern: /(?<![\p{L}\p{N}_])\+\d{1,3}[ (-]{1,2}\d{1,4}(?:[ )-]{1,2}\d{2,4}){1,4}(?![\w-])/gu,
  },
  {
    kind: 'id',
    pattern: new RegExp(
      `(?<![${SPACED_LETTERS}\\p{N}_.-])#?[A-Za-z0-9](?:[A-Za-z0-9]|[_-](?=[A-Za-z0-9])){2,63}(?![A-Za-z0-9_@])`,
      'gu',
    ),
    accepts: isCode,
  },
  { kind: 'id', pattern: /(?<=`)[^`\s]{2,80}(?=`)/gu },
];
