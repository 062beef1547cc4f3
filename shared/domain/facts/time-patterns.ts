import type { FactPattern } from './fact-pattern.ts';

const EAST_ASIAN_PART_OF_DAY = '[上下]午|早上|晚上|中午|午前|午後|오전 ?|오후 ?';
const EAST_ASIAN_HOUR = '(?:(?:\\d{1,2} ?[-–~至到] ?)?\\d{1,2}|[一二三四五六七八九十]{1,3})';
const EAST_ASIAN_CLOCK =
  '(?:[点點](?:半|[钟鐘]|\\d{1,2}分)?|時(?:半|\\d{1,2}分)?|시(?: ?\\d{1,2}분)?)(?!间)';

/** Times of day. */
export const TIME_PATTERNS: readonly FactPattern[] = [
  /(?<![\w:.])\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,6})?)?(?: ?(?:[ap]\.m\.|[ap]m\b))?(?: Uhr\b)?(?: ?(?:UTC|GMT|[ECMP][SD]T|CES?T)\b)?(?![\w:])/giu,
  /(?<![\w.])(?:\d{1,2} ?[-–] ?)?\d{1,2} ?(?:[ap]\.m\.|[ap]m\b)/giu,
  /(?<![\w.])\d{1,2}(?:(?:[.:]\d{2})? Uhr(?: \d{2})?| ?h ?\d{2}| o['’]clock)(?!\w)/gu,
  new RegExp(`(?:${EAST_ASIAN_PART_OF_DAY})?${EAST_ASIAN_HOUR} ?${EAST_ASIAN_CLOCK}`, 'gu'),
].map((pattern) => ({ kind: 'time', pattern }));
