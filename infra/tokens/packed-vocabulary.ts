import { MAX_PIECE_UNITS } from '../../shared/adapters/gemma/piece-hash.ts';
import { PieceIndex } from '../../shared/adapters/gemma/piece-index.ts';
import { Segment } from '../../shared/adapters/gemma/segment.ts';
import { CUT, type Vocabulary } from '../../shared/adapters/gemma/vocabulary.ts';
import { indexPieces, setBit } from './index-pieces.ts';

/** The parts of a `tokenizer.json` that a vocabulary is made of. */
export interface TokenizerJson {
  readonly added_tokens: readonly { readonly content: string }[];
  readonly model: {
    readonly vocab: Readonly<Record<string, number>>;
    readonly merges: readonly (readonly [string, string])[];
  };
}

const RUN = /^(\n+|\t+|▁+)$/;
const BYTE = /^<0x[0-9A-F]{2}>$/;
const UNUSED = /^<unused\d+>$/;
const CODE_POINTS = 0x110000;

/**
 * What the counter needs of a tokenizer. The counter knows rules in place of the 514,906 merges: the
 * ones given are checked against the rules, and a tokenizer that breaks one is refused.
 *
 * @throws Error that says which rule does not hold.
 */
export function packGemma({ model, added_tokens }: TokenizerJson): Vocabulary {
  const pieces = piecesInOrder(model.merges).filter((piece) => !RUN.test(piece));
  checkMerges(model, pieces);
  const added = added_tokens.map(({ content }) => content).filter((text) => !RUN.test(text));
  const markup = added.filter((text) => !UNUSED.test(text));
  const unused = new Set(added.filter((text) => UNUSED.test(text)));
  for (let number = 0; number < unused.size; number++) {
    check(unused.has(`<unused${number}>`), `<unused${number}> is missing`);
  }
  checkMarkup(markup);
  const known = new Set([...pieces, ...added]);
  const singles = Object.keys(model.vocab).filter((text) => isOneCharacter(text));
  const rest = Object.keys(model.vocab).filter(
    (text) => !isOneCharacter(text) && !known.has(text) && !RUN.test(text) && !BYTE.test(text),
  );
  check(rest.length === 0, `${rest.length} entries are no piece, character, byte or added token`);
  const tables = { ...indexPieces(pieces), characters: characterBits(singles) };
  // While every piece counts as cut, none is taken for one token before its merges are tried.
  const asCut = tables.lengths.map((length) => length | CUT);
  const segment = new Segment(new PieceIndex({ ...tables, lengths: asCut }));
  const lengths = tables.lengths.map((length, place) =>
    countAlone(segment, pieces[place] ?? '') === 1 ? length : length | CUT,
  );
  return { ...tables, lengths, markup, unusedCount: unused.size };
}

function check(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(`This tokenizer is not like Gemma 3's: ${what}`);
}

const isOneCharacter = (text: string): boolean => [...text].length === 1;

/** Every text that a merge makes, in the order of its first merge. */
function piecesInOrder(merges: TokenizerJson['model']['merges']): string[] {
  return [...new Set(merges.map(([left, right]) => left + right))];
}

/** Checks that the merges are those that `Segment` takes for granted. */
function checkMerges({ vocab, merges }: TokenizerJson['model'], pieces: readonly string[]): void {
  const made = new Set(pieces);
  const isPiece = (text: string) => made.has(text) || (isOneCharacter(text) && text in vocab);
  const ruled: string[] = [];
  for (const piece of pieces) {
    check(piece in vocab, `${piece} is merged but no token`);
    check(piece.length <= MAX_PIECE_UNITS, `${piece} is too long`);
    check(!/[\n\t]|▁▁/.test(piece), `${JSON.stringify(piece)} joins a run with other text`);
    for (let at = piece.length - 1; at > 0; at--) {
      const [left, right] = [piece.slice(0, at), piece.slice(at)];
      if (isPiece(left) && isPiece(right)) ruled.push(`${left}\n${right}`);
    }
  }
  const given = merges.filter(([left, right]) => !RUN.test(left + right));
  check(given.length === ruled.length, `${given.length} merges where ${ruled.length} are expected`);
  given.forEach((pair, rank) => {
    check(pair.join('\n') === ruled[rank], `merge ${rank} is not in the expected order`);
  });
  checkRuns(merges);
}

/** Runs are merged before everything else, so that they are cut from the left at the full length. */
function checkRuns(merges: TokenizerJson['model']['merges']): void {
  const lastRun = merges.findLastIndex(([left, right]) => /^▁+$/.test(left + right));
  const others = merges.slice(0, lastRun).filter(([left, right]) => !RUN.test(left + right));
  check(others.length === 0, 'a merge comes before those of runs');
  const ranks = new Map(merges.map(([left, right], rank) => [`${left}\n${right}`, rank]));
  const rankOf = (left: number, right: number) =>
    ranks.get(`${'▁'.repeat(left)}\n${'▁'.repeat(right)}`) ?? -1;
  for (let length = 2; length < MAX_PIECE_UNITS; length++) {
    check(rankOf(length, 1) >= 0, `runs of ${length + 1} blanks are missing`);
    check(rankOf(length, 1) < rankOf(length - 1, 1), `runs of ${length} blanks are merged first`);
  }
}

function checkMarkup(markup: readonly string[]): void {
  for (const text of markup) {
    check(/^<[^<>]+>$|^\[[^[\]]+\]$/.test(text), `${text} is not in brackets`);
  }
}

function characterBits(singles: readonly string[]): Uint8Array {
  const bits = new Uint8Array(CODE_POINTS / 8);
  for (const single of singles) setBit(bits, single.codePointAt(0) ?? 0);
  return bits;
}

function countAlone(segment: Segment, piece: string): number {
  for (const character of piece) {
    if (character.length === 1) segment.push(character.charCodeAt(0), 1);
    else segment.pushPair(character.charCodeAt(0), character.charCodeAt(1), 1);
  }
  return segment.take();
}
