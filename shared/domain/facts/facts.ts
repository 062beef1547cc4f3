import type { Fact, FactKind } from '../head.ts';
import { CONTENT_TYPES, type Item } from '../item.ts';
import { findInJson, looksLikeJson } from './find-in-json.ts';
import { type Found, findInText } from './find-in-text.ts';
import { distinct } from './merge-facts.ts';
import { worthOf } from './worth.ts';

/** Of more facts in one item, the worthiest are kept. */
const FACTS_PER_MESSAGE = 24;
/** Tool results are long and alike: a few of each are enough to find them again. */
const FACTS_PER_RESULT = 10;

/**
 * What prose loses, word for word and without a model: figures, dates, ids, addresses, commands,
 * decisions, quotes and names, each as it stands in its item (of a tool call: in the JSON of its arguments).
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
      .toSorted((a, b) => worthOf(b) - worthOf(a))
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
