import { findInText } from '../../domain/facts/find-in-text.ts';
import { rarities } from './word-vectors.ts';

/** A sentence of fewer different words seldom says something of its own. */
const FULL_SENTENCE_WORDS = 8;
/** A longer one takes the room of several. */
const LONG_SENTENCE_WORDS = 30;
const PER_FACT = 0.5;
const PER_NAME = 0.25;
const MOST_FACTS = 2;
/** The mean rarity (see below) of an ordinary sentence. */
const ORDINARY_RARITY = 3;

/**
 * How much each sentence says that the others do not, 1 for an ordinary one: less for what is said
 * in passing (`Thanks!`, `Sounds good to me.`), more for rare words, most for facts. Likeness alone
 * prefers the small talk: with this, the turns that later questions were about came out more than
 * twice as often (five long chats of LoCoMo, folded 25 turns at a time: 16 % of them against 7 %).
 *
 * @param words the words of each sentence.
 */
export function substances(
  sentences: readonly string[],
  words: readonly (readonly string[])[],
): number[] {
  const rarity = rarities(words);
  return sentences.map((sentence, index) => {
    const own = [...new Set(words[index])];
    const kinds = findInText(sentence).map(({ kind }) => kind);
    const names = kinds.filter((kind) => kind === 'name').length;
    const facts = kinds.length - names;
    const length = lengthFactor(own.length, facts > 0);
    const sum = own.reduce((total, word) => total + (rarity.get(word) ?? 0), 0);
    const mean = own.length > 0 ? sum / own.length : 0;
    return (
      (mean / ORDINARY_RARITY) *
      length *
      (1 + PER_FACT * Math.min(MOST_FACTS, facts) + PER_NAME * Math.min(MOST_FACTS, names))
    );
  });
}

function lengthFactor(words: number, hasFact: boolean): number {
  if (words > LONG_SENTENCE_WORDS) return Math.sqrt(LONG_SENTENCE_WORDS / words);
  return hasFact ? 1 : Math.min(1, (words / FULL_SENTENCE_WORDS) ** 2);
}
