import type { Fact, FactKind } from '../head.ts';
import { isJsonPiece } from './find-in-json.ts';

/** Where a value says which one thing is meant, and nothing else will do. */
const ADDRESSES: ReadonlySet<FactKind> = new Set(['id', 'email', 'url', 'path', 'command']);

/** `about 20 minutes`, `etwa 40 kg`: a figure that nobody will be held to. */
const HEDGE =
  /(?<!\p{L})(?:about|around|roughly|nearly|almost|maybe|probably|usually|circa|etwa|ungefähr|rund|environ|unos)(?!\p{L})|[约約≈~]|大概|左右|くらい/iu;
/** Days that are told from today: what they mean fades with the day. */
const RELATIVE =
  /(?<!\p{L})(?:next|last|this|every|ago|yesterday|tomorrow|(?:mon|tues|wednes|thurs|fri|satur|sun)days?)(?!\p{L})|周|星期|礼拜|禮拜|曜/iu;
const EXACT_DIGITS = 3;
/** `LedgerWriter`, `GPT-4o`, several words: more than a word that only begins with a capital. */
const TELLING_NAME = /\p{Ll}\p{Lu}|\d|\s/u;

/**
 * How much is lost with a fact, from 4: what no other words can tell (ids, addresses, commands,
 * decisions); exact amounts and dates; vague ones, quotes and telling names; pieces of JSON, which a
 * tool can be asked for again, and days that are told from today; single names.
 */
export function worthOf({ kind, text }: Fact): number {
  if (isJsonPiece(text)) return 1;
  if (ADDRESSES.has(kind) || kind === 'decision') return 4;
  if (kind === 'quote') return 2;
  if (kind === 'name') return TELLING_NAME.test(text) ? 2 : 0;
  const digits = text.match(/\d/g)?.length ?? 0;
  if (digits >= EXACT_DIGITS && !HEDGE.test(text)) return 3;
  return kind === 'date' && RELATIVE.test(text) ? 1 : 2;
}

/** The worthiest first; among their like, what is still so, what was said most often, the newest. */
export function byWorth(facts: readonly Fact[]): Fact[] {
  const newest = new Map<string, number>();
  for (const { kind, text, seq } of facts) {
    const key = subjectOf(kind, text);
    if (key) newest.set(key, Math.max(seq, newest.get(key) ?? 0));
  }
  const isSuperseded = ({ kind, text, seq }: Fact) =>
    seq < (newest.get(subjectOf(kind, text)) ?? 0);
  return facts
    .map((fact) => ({ fact, worth: worthOf(fact) - (isSuperseded(fact) ? 0.5 : 0) }))
    .sort(
      (a, b) =>
        b.worth - a.worth || (b.fact.uses ?? 1) - (a.fact.uses ?? 1) || b.fact.seq - a.fact.seq,
    )
    .map(({ fact }) => fact);
}

/** What an amount or a date is of: `budget is` of `budget is $500`. Empty where nothing tells. */
function subjectOf(kind: FactKind, text: string): string {
  const words = /^[^\d$€£¥₹₽`"]{3,}/u.exec(text)?.[0].trim().toLowerCase();
  return words === undefined || ADDRESSES.has(kind) || isJsonPiece(text) ? '' : `${kind} ${words}`;
}
