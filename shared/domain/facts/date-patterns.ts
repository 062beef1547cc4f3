import type { FactPattern } from './fact-pattern.ts';

/** Languages whose month names are known beside English; their names come from `Intl` (CLDR). */
const LOCALES = ['de', 'fr', 'es', 'it', 'pt', 'nl', 'sv', 'pl', 'tr', 'ru', 'uk'];

/** A month as it stands beside a day (`мая`, not `май`). */
function monthName(locale: string, month: number): string {
  const format = new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'long',
    timeZone: 'UTC',
  });
  const parts = format.formatToParts(Date.UTC(2026, month, 15));
  return parts.find(({ type }) => type === 'month')?.value ?? '';
}

const MONTHS = Array.from({ length: 12 }, (_, month) => month);
const capitalised = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1);

const day = '\\d{1,2}(?:st|nd|rd|th|º|er)?';
const year = '(?:19|20)\\d{2}';
const clock = '[T ]\\d{2}:\\d{2}(?::\\d{2}(?:[.,]\\d{1,9})?)?(?: ?Z|[+-]\\d{2}:?\\d{2})?';
const weekday = '(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day';

// Longest first: an alternation takes the first that fits.
const longestFirst = (a: string, b: string): number => b.length - a.length;

/** Any month in a pattern. Asking `Intl` for them takes 20 ms: not while a function starts. */
function monthPattern(): string {
  const english = MONTHS.map((month) => monthName('en', month));
  const abbreviated = english.map((name) => `${name.slice(0, 3)}(?:t)?\\.?`);
  const foreign = LOCALES.flatMap((locale) => MONTHS.map((month) => monthName(locale, month)))
    .filter((name) => /^\p{L}{3,}$/u.test(name))
    .flatMap((name) => [name, capitalised(name)]);
  const names = [...new Set([...english, ...foreign])].sort(longestFirst);
  return `(?:${names.join('|')}|${abbreviated.join('|')})`;
}

/** Dates in words and figures; the relative ones (`last Friday`) are told by their seq. */
export function datePatterns(): readonly FactPattern[] {
  const month = monthPattern();
  return [
    new RegExp(`(?<![\\w-])\\d{4}-\\d{2}-\\d{2}(?:${clock})?(?![\\w-])`, 'gu'),
    /(?<![\w/.])\d{1,2}([/.])\d{1,2}\1(?:\d{4}|\d{2})(?![\w/])/gu,
    /(?<![\w-])\d{1,2}-\d{1,2}-(?:19|20)\d{2}(?![\w-])/gu,
    /(?<![\w/.])\d{4}([/.])\d{1,2}\1\d{1,2}(?![\w/])/gu,
    new RegExp(
      `(?<![\\p{L}\\p{N}])(?:${weekday},? )?${month} ${day}(?:,? ${year})?(?![\\p{L}\\p{N}])`,
      'gu',
    ),
    new RegExp(
      `(?<![\\p{L}\\p{N}])(?:${weekday},? )?${day}\\.? (?:of |de )?${month}(?:,? (?:de )?${year})?(?![\\p{L}\\p{N}])`,
      'gu',
    ),
    new RegExp(`(?<![\\p{L}\\p{N}])${month},? ${year}(?![\\p{L}\\p{N}])`, 'gu'),
    /(?:\d{4} ?[年년] ?)?\d{1,2} ?[月월](?: ?\d{1,2} ?[日号號일])?/gu,
    /(?:[下上这這本])?(?:周|星期|礼拜|禮拜)[一二三四五六日天]|[月火水木金土日]曜日?/gu,
    new RegExp(
      `\\b(?:(?:next|last|this|every) (?:${weekday}|week|weekend|month|year|spring|summer|autumn|fall|winter)|${weekday}s?|(?:the day )?(?:before |after )?(?:yesterday|tomorrow))(?:'s)?\\b`,
      'giu',
    ),
    /\b(?:\d{1,3}|a|an|one|two|three|four|five|six|seven|a few) (?:day|week|month|year)s? ago\b/giu,
  ].map((pattern) => ({ kind: 'date', pattern }));
}
