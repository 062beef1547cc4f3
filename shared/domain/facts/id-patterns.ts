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

/** `22.11.2026` has the form of a version. */
const DAY = /^\d{1,2}\.\d{1,2}\.(?:19|20)?\d{2}$/;

const OF_WHAT = 'ID|id|code|Code|number|reservation|booking|order|ticket|reference|ref|PNR';
const LINK = '(?: (?:ID|id|code|number|is|was|no\\.?|of))?(?::\\*{0,2})? #?';

const HEX_GROUPS = /^(?:[\da-f]{1,4}(?::|$)){8}$|^(?=.*::)(?!.*::.*::)[\da-f:]*$/i;
const MAC = /^[\da-f]{2}(?::[\da-f]{2}){5}$/i;
/** An IPv6 address (RFC 4291) or a MAC address; not a time of day, nor a ratio. */
const isHexAddress = (text: string): boolean => {
  const address = text.replace(/[/%].*$/, '');
  return MAC.test(address) || (HEX_GROUPS.test(address) && /[\da-f]/i.test(address));
};

/** Ids with a form of their own, which nothing else has. */
export const EXACT_ID_PATTERNS: readonly FactPattern[] = [
  {
    kind: 'id',
    pattern: /(?<![\w-])[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?![\w-])/giu,
  },
  // 10.0.4.17  10.0.4.17:8080  10.0.0.0/8
  {
    kind: 'id',
    pattern: /(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?::\d{2,5}|\/\d{1,2})?(?![\w]|\.\d)/gu,
  },
  {
    kind: 'id',
    pattern:
      /(?<![\w:.])[\da-f]{0,4}(?::[\da-f]{0,4}){2,7}(?:%\w{1,16})?(?:\/\d{1,3})?(?![\w:])/giu,
    accepts: isHexAddress,
  },
  // v2.14.0-rc.1  1.0.3  lodash@4.17.21: semantic versions
  {
    kind: 'id',
    pattern:
      /(?<![\p{L}\p{N}_.-])(?:@?[a-z][\w./-]{0,60}@)?v?\d{1,5}\.\d{1,5}\.\d{1,6}(?:-[0-9A-Za-z][0-9A-Za-z.-]{0,30})?(?:\+[0-9A-Za-z.-]{1,30})?(?<![.-])(?![\w]|\.\d)/gu,
    accepts: (text) => !DAY.test(text),
  },
  // IBAN, card numbers
  {
    kind: 'id',
    pattern:
      /(?<![\w])(?:[A-Z]{2}\d{2}(?: [A-Z0-9]{4}){3,7}(?: [A-Z0-9]{1,3})?|\d{4}(?:[ -]\d{4}){3})(?![\w])/gu,
  },
];

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
  { kind: 'id', pattern: /(?<!`)`(?<fact>[^`\s]{2,80})`(?!`)/dgu },
];
