import type { FactPattern } from './fact-pattern.ts';
import { SPACED_LETTERS } from './scripts.ts';

/** The lower end of a range: `100-` of `100-200 RMB`. */
const FROM = '(?:\\d[\\d,.]{0,12} ?[-–~至到] ?)?';
const AMOUNT = "\\d{1,3}(?:[,.\\u2009\\u00a0']?\\d{3}){0,5}(?:[.,]\\d{1,2})?(?!\\d)";
const SCALE = '(?: ?(?:[kKmM](?!\\w)|bn|million|billion|万|亿|億))?';
const SIGNS = '(?:US|AU?|CA?|HK|NT|R)?[$€£¥₹₩₽฿₴]';
const CURRENCIES =
  'USD|EUR|GBP|JPY|CNY|RMB|CHF|INR|dollars?|euros?|pounds?|cents?|bucks|yen|yuan|рублей|руб|zł|元|块|美元|円|원|€|£|₽|₹';

/** What follows a figure in place of a unit and is none. */
const NO_UNIT = '(?:and|or|to|is|are|in|on|at|of|the|a|for|so|as|was|with|by|from|per|but|if)\\b';
const UNIT = [
  ' ?[%‰°]\\p{L}?',
  '\\p{Script=Latin}{1,6}(?:/\\p{Script=Latin}{1,6})?',
  `[ -](?!${NO_UNIT})\\p{Script=Latin}{2,20}(?:-\\p{Script=Latin}{2,12})?`,
  ' ?[\\p{Script=Han}\\p{Script=Hangul}\\p{Script=Cyrillic}]{1,4}',
].join('|');
const FIGURE = '\\d{1,3}(?:(?:,\\d{3}){1,5}|\\d{0,12})(?:[.,]\\d{1,6})?';
const TO = '(?: ?[-–~至到] ?\\d{1,12}(?:\\.\\d{1,6})?)?';

export const MONEY_PATTERNS: readonly FactPattern[] = [
  { kind: 'money', pattern: new RegExp(`(?<![\\w$])-?${SIGNS} ?${AMOUNT}${SCALE}`, 'gu') },
  {
    kind: 'money',
    pattern: new RegExp(
      `(?<![\\w.,])${FROM}${AMOUNT}${SCALE} ?(?:${CURRENCIES})(?![a-zA-Z])`,
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
