import type { FactPattern } from './fact-pattern.ts';
import { SPACED_LETTERS } from './scripts.ts';

/** The lower end of a range: `100-` of `100-200 RMB`. */
const FROM = '(?:\\d[\\d,.]{0,12} ?[-–~至到] ?)?';
/** Between thousands; a plain space only where the currency follows: `2 500,00 zł`. */
const THOUSANDS = "[,.\\u2009\\u00a0\\u202f'’]";
/** Also in lakhs and crores: `₹1,25,000`. */
const AMOUNT = `(?:\\d{1,2}(?:,\\d{2}){1,3},\\d{3}|\\d{1,3}(?:${THOUSANDS}?\\d{3}){0,5})(?:[.,]\\d{1,6})?(?!\\d)`;
const SPACED_AMOUNT = '\\d{1,3}(?: \\d{3}){1,4}(?:[.,]\\d{1,2})?(?!\\d)';
const SCALE = '(?: ?(?:[kKmM](?!\\w)|bn|million|billion|万|亿|億))?';
const SIGNS = '(?:US|AU?|CA?|HK|NT|R)?[$€£¥₹₩₽฿₴]';
const CODES = 'USD|EUR|GBP|JPY|CNY|RMB|CHF|INR|KRW|AUD|CAD|SEK|NOK|DKK|PLN|BRL|SGD|HKD';
const CURRENCIES = `${CODES}|dollars?|euros?|pounds?|cents?|bucks|yen|yuan|рублей|руб|zł|元|块|美元|円|원|€|£|₽|₹|kr`;

/** What follows a figure in place of a unit and is none. */
const NO_UNIT = '(?:and|or|to|is|are|in|on|at|of|the|a|for|so|as|was|with|by|from|per|but|if)\\b';
const UNIT = [
  ' ?[%‰°]\\p{L}?',
  '\\p{Script=Latin}{1,6}[²³]?(?:/\\p{Script=Latin}{1,6}[²³]?)?',
  `[ \\u00a0\\u202f-](?!${NO_UNIT})(?:[µμkM]?[WVAΩJNKFCgmlLhs][²³]?|m[²³]|\\p{Script=Latin}{2,20}[²³]?(?:[-/]\\p{Script=Latin}{1,12})?)`,
  ' ?[\\p{Script=Han}\\p{Script=Hangul}\\p{Script=Katakana}ー]{1,4}',
  ' ?[\\p{Script=Cyrillic}\\p{Script=Greek}]{1,20}',
].join('|');
/** `12,500.5` `12.500,5` `12 500` `12500.5` */
const FIGURE =
  "\\d{1,3}(?:(?:,\\d{3}){1,5}|(?:\\.\\d{3}){1,5}(?=,\\d)|(?:['’\\u2009\\u00a0\\u202f]\\d{3}){1,5}|\\d{0,12})(?:[.,]\\d{1,6})?";
const TO = '(?: ?[-–~至到] ?\\d{1,12}(?:[.,]\\d{1,6})?)?';

export const MONEY_PATTERNS: readonly FactPattern[] = [
  { kind: 'money', pattern: new RegExp(`(?<![\\w$])-?${SIGNS} ?${AMOUNT}${SCALE}`, 'gu') },
  { kind: 'money', pattern: new RegExp(`(?<![\\w$])(?:${CODES}) ?${AMOUNT}${SCALE}`, 'gu') },
  {
    kind: 'money',
    pattern: new RegExp(
      `(?<![\\w.,])(?:${SPACED_AMOUNT}|${FROM}${AMOUNT})${SCALE} ?(?:${CURRENCIES})(?![a-zA-Z])`,
      'gu',
    ),
  },
];

/** A figure or a range with its unit; not the number of a list's line (`2. Open it`). */
export const NUMBER: FactPattern = {
  kind: 'number',
  pattern: new RegExp(
    `(?<![${SPACED_LETTERS}\\p{N}_.,#-])[-+±~≈]?${FIGURE}${TO}(?:(?:${UNIT})(?![${SPACED_LETTERS}\\p{N}_])|(?![.)、．${SPACED_LETTERS}\\p{N}_-]))`,
    'gu',
  ),
};
