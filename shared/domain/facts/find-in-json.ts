import type { FactKind } from '../head.ts';
import type { Found } from './find-in-text.ts';

// A key and its scalar; escapes in a value are passed over, a longer value is prose.
const PAIR =
  /"([A-Za-z_$][\w$.-]{0,48})"\s{0,4}:\s{0,4}("(?:[^"\\\n]|\\.){1,100}"|-?\d[\d.eE+-]{0,24})/g;

/** The last word of a key says what its value is. */
const WORDS: readonly (readonly [FactKind, string])[] = [
  ['id', 'id ids uid uuid number no code sku ref reference pnr key token user username login'],
  ['id', 'account zip phone tel isbn version hash sha commit four'],
  ['email', 'email mail'],
  ['url', 'url uri href link website'],
  ['path', 'path file filename dir folder directory'],
  ['date', 'date dob birthday day at on deadline due since until expires expiry'],
  ['time', 'time start end departure arrival'],
  ['money', 'price amount total cost fee balance salary budget paid currency'],
  ['name', 'name title city country origin destination brand author owner province status'],
];
const KIND_OF_WORD: ReadonlyMap<string, FactKind> = new Map(
  WORDS.flatMap(([kind, words]) => words.split(' ').map((word) => [word, kind] as const)),
);

/** A key that comes more often is a column of a list; of those, the first ids are enough. */
const VALUES_PER_KEY = 3;
/** An object on one line without others in it: as a whole it says what its id is of. */
const LEAF = /\{[^{}[\]\n]{8,140}\}/g;
const LEAVES = 4;

/** Whether a text is one JSON object or array, as tool results are. */
export function looksLikeJson(text: string): boolean {
  const trimmed = text.trim();
  return /^[{[]/.test(trimmed) && /[}\]]$/.test(trimmed.slice(-1));
}

/**
 * What names a fact in a JSON text: small objects with an id, as they stand (`{"source": "gift_card",
 * "amount": 157, "id": "gift_card_7091239"}`), and else pairs (`"zip": "77243"`). Of long lists only
 * the beginning.
 */
export function findInJson(text: string): Found[] {
  const leaves = leavesOf(text);
  const isInLeaf = new Uint8Array(text.length);
  for (const { start, end } of leaves) isInLeaf.fill(1, start, end);
  const pairs = pairsOf(text).filter(({ start }) => isInLeaf[start] === 0);
  const uses = Map.groupBy(pairs, ({ key }) => key);
  return [
    ...leaves.slice(0, LEAVES),
    ...[...uses.values()].flatMap((same) => {
      const few = same.slice(0, VALUES_PER_KEY);
      return same.length > VALUES_PER_KEY ? few.filter(({ kind }) => kind === 'id') : few;
    }),
  ].map(({ kind, start, end }) => ({ kind, start, end }));
}

interface Pair extends Found {
  readonly key: string;
}

function pairsOf(text: string): Pair[] {
  return [...text.matchAll(PAIR)].flatMap((match) => {
    const [pair, key = '', value = ''] = match;
    const kind = kindOf(key, value);
    return kind ? [{ kind, key, start: match.index, end: match.index + pair.length }] : [];
  });
}

function leavesOf(text: string): Found[] {
  return [...text.matchAll(LEAF)]
    .filter(([leaf]) => {
      const kinds = pairsOf(leaf).map(({ kind }) => kind);
      return kinds.length > 1 && kinds.includes('id');
    })
    .map((match) => ({ kind: 'id', start: match.index, end: match.index + match[0].length }));
}

function kindOf(key: string, value: string): FactKind | undefined {
  const words = key.split(/[_.$-]|(?<=[a-z])(?=[A-Z])/);
  const kind = KIND_OF_WORD.get(words.at(-1)?.toLowerCase() ?? '');
  if (kind) return kind;
  return /^-?\d/.test(value) ? 'number' : undefined;
}

/** Whether a fact's text is a piece of JSON rather than words. */
export const isJsonPiece = (text: string): boolean => /^(?:\{\s{0,4})?"[^"]+"\s{0,4}:/.test(text);
