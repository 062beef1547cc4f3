import type { FactKind } from '../head.ts';
import { clauseStart } from './clause.ts';
import { factPatterns } from './patterns.ts';

/** A stretch of a text that is a fact. */
export interface Found {
  readonly kind: FactKind;
  readonly start: number;
  readonly end: number;
}

/** Kinds that say little without the words before them. */
const WITH_CLAUSE: ReadonlySet<FactKind> = new Set(['number', 'money', 'time', 'date', 'id']);
/** More of one kind in one text is a list, and a list is not a fact to remember. */
const MATCHES_PER_PATTERN = 200;

/** The facts of a text, the most specific kind where several would fit; in no order. */
export function findInText(text: string): Found[] {
  const taken = new Uint8Array(text.length);
  const isTaken = (index: number): boolean => taken[index] === 1;
  const found: Found[] = [];
  for (const { kind, pattern, accepts, appliesTo, spansOthers } of factPatterns()) {
    if (appliesTo?.(text) === false) continue;
    let matches = 0;
    for (const match of text.matchAll(pattern)) {
      const [from, end] = match.indices?.groups?.['fact'] ?? [
        match.index,
        match.index + match[0].length,
      ];
      if (accepts?.(text.slice(from, end)) === false) continue;
      if (!spansOthers && isAnyTaken(taken, from, end)) continue;
      if (++matches > MATCHES_PER_PATTERN) break;
      const start = WITH_CLAUSE.has(kind) ? clauseStart(text, from, isTaken) : from;
      if (kind === 'number' && isBareFigure(text.slice(start, end))) continue;
      const fact = { kind, start, end: end + closingBracket(text, start, end) };
      taken.fill(1, fact.start, fact.end);
      found.push(fact);
    }
  }
  return found;
}

/** 1 where the fact opened a bracket that closes right after it (`Economy ($112)`), else 0. */
const closingBracket = (text: string, start: number, end: number): number =>
  /[)）]/.test(text.charAt(end)) && /[(（][^)）]*$/.test(text.slice(start, end)) ? 1 : 0;

/** Matches are short, so this stays linear in the text. */
function isAnyTaken(taken: Uint8Array, start: number, end: number): boolean {
  for (let index = start; index < end; index += 1) if (taken[index] === 1) return true;
  return false;
}

/** The number of a list's line, or a figure that nothing explains. */
const isBareFigure = (fact: string): boolean => /^[\d–-]{1,2}(?:[.–-]\d{1,2})?$/.test(fact);
