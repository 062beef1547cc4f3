import { factLine } from '../context/memory-text.ts';
import type { Fact, FactKind } from '../head.ts';
import { CONTENT_TYPES, type Item } from '../item.ts';
import { findInJson, isJsonPiece, looksLikeJson } from './find-in-json.ts';
import { type Found, findInText } from './find-in-text.ts';

/** Of too many facts in one item, the kinds that stand first here are kept. */
const KINDS_BY_VALUE: readonly FactKind[] = [
  'id',
  'email',
  'money',
  'date',
  'path',
  'url',
  'command',
  'time',
  'number',
  'quote',
  'name',
];
const FACTS_PER_MESSAGE = 24;
/** Tool results are long and alike: a few of each are enough to find them again. */
const FACTS_PER_RESULT = 10;

/**
 * What prose loses, word for word and without a model: figures, dates, ids, addresses, commands,
 * quotes and names, each as it stands in its item (of a tool call: in the JSON of its arguments).
 * In seq order, and within an item in the order of the text.
 */
export const extractFacts = (items: readonly Item[]): Fact[] => items.flatMap(factsOf);

function factsOf(item: Item): Fact[] {
  const facts = textsOf(item).flatMap((text) =>
    findFacts(text).map(({ kind, start, end }) => ({
      seq: item.seq,
      kind,
      text: text.slice(start, end),
    })),
  );
  const limit =
    item.contentType === CONTENT_TYPES.toolResult ? FACTS_PER_RESULT : FACTS_PER_MESSAGE;
  const chosen = new Set(
    distinct(facts)
      .toSorted((a, b) => KINDS_BY_VALUE.indexOf(a.kind) - KINDS_BY_VALUE.indexOf(b.kind))
      .slice(0, limit),
  );
  return facts.filter((fact) => chosen.has(fact));
}

function textsOf({ content, toolCalls = [] }: Item): string[] {
  const calls = toolCalls.map(({ arguments: args }) =>
    typeof args === 'string' ? args : JSON.stringify(args),
  );
  return [content, ...calls];
}

/** Of JSON without telling keys (a list of ids, say) only what is a fact by its own form. */
const TELLING_BY_FORM: ReadonlySet<FactKind> = new Set(['id', 'email', 'url', 'path', 'date']);

function findFacts(text: string): Found[] {
  if (!looksLikeJson(text)) return inOrder(findInText(text));
  const found = findInJson(text);
  if (found.length > 0) return inOrder(found);
  return inOrder(findInText(text).filter(({ kind }) => TELLING_BY_FORM.has(kind)));
}

const inOrder = (found: readonly Found[]): Found[] => found.toSorted((a, b) => a.start - b.start);

interface MergeOptions {
  /** Upper bound of all facts together, as lines of the memory message. */
  readonly maxTokens: number;
  readonly count: (text: string) => number;
}

/**
 * The facts known so far and the added ones, each once, in seq order and within `maxTokens`. When
 * they are too many, names and quotes go first, then pairs of JSON, then what was said; the oldest
 * first among their like. Said again, a fact moves to its newest seq.
 */
export function mergeFacts(
  known: readonly Fact[],
  added: readonly Fact[],
  { maxTokens, count }: MergeOptions,
): Fact[] {
  const facts = distinct([...known, ...added].toSorted((a, b) => a.seq - b.seq));
  const kept = new Set<Fact>();
  let left = maxTokens;
  for (const fact of facts.toReversed().toSorted((a, b) => endurance(b) - endurance(a))) {
    const tokens = count(factLine(fact));
    if (tokens > left) continue;
    left -= tokens;
    kept.add(fact);
  }
  return facts.filter((fact) => kept.has(fact));
}

/** The facts that are left when an item is deleted. */
export const factsWithout = (facts: readonly Fact[], seq: number): Fact[] =>
  facts.filter((fact) => fact.seq !== seq);

/** How long a fact outlives others: names and quotes least, what was said in words most. */
function endurance({ kind, text }: Fact): number {
  if (kind === 'name' || kind === 'quote') return 0;
  return isJsonPiece(text) ? 1 : 2;
}

/** Of facts in seq order, each once: at its last mention, unless that one tells less. */
function distinct(facts: readonly Fact[]): Fact[] {
  const best = new Map<string, Fact>();
  for (const fact of facts) {
    const key = keyOf(fact);
    const before = best.get(key);
    if (before && endurance(before) > endurance(fact)) continue;
    best.delete(key);
    best.set(key, fact);
  }
  return [...best.values()];
}

/** Ids, addresses and paths are the same fact whatever words stand before them. */
function keyOf({ kind, text }: Fact): string {
  const isItself = kind === 'id' || kind === 'email' || kind === 'url' || kind === 'path';
  const value =
    isItself && !text.endsWith('}') ? (/[^\s"]+(?="?$)/u.exec(text)?.[0] ?? text) : text;
  return `${kind} ${value.toLowerCase()}`;
}
