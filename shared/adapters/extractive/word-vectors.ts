/** Made on first use, as that of sentences. */
let segmenter: Intl.Segmenter | undefined;
const wordSegmenter = (): Intl.Segmenter =>
  (segmenter ??= new Intl.Segmenter('und', { granularity: 'word' }));

/** The words of a text in any script, lower case. */
export const wordsOf = (text: string): string[] =>
  [...wordSegmenter().segment(text)]
    .filter(({ isWordLike }) => isWordLike)
    .map(({ segment }) => segment.toLowerCase());

/** Weights of words, of length 1 together. */
export type WordVector = ReadonlyMap<string, number>;

/** A vector per sentence: how often a word stands in it, times how rare it is among all (tf · idf). */
export function wordVectors(sentences: readonly (readonly string[])[]): WordVector[] {
  const rarity = rarities(sentences);
  return sentences.map((words) => {
    const weights = new Map<string, number>();
    for (const word of words) {
      weights.set(word, (weights.get(word) ?? 0) + (rarity.get(word) ?? 0));
    }
    return ofLengthOne(weights);
  });
}

/** Inverse document frequency: the rarer a word among the sentences, the more; never 0. */
export function rarities(sentences: readonly (readonly string[])[]): ReadonlyMap<string, number> {
  const uses = new Map<string, number>();
  for (const words of sentences) {
    for (const word of new Set(words)) uses.set(word, (uses.get(word) ?? 0) + 1);
  }
  return new Map(
    [...uses].map(([word, count]) => [word, Math.log((1 + sentences.length) / count)]),
  );
}

function ofLengthOne(weights: ReadonlyMap<string, number>): WordVector {
  const length = Math.hypot(...weights.values());
  if (length === 0) return weights;
  return new Map([...weights].map(([word, weight]) => [word, weight / length]));
}

/** Cosine of two vectors of length 1: 0 for no common word, 1 for the same words. */
export function similarity(a: WordVector, b: WordVector): number {
  const [few, many] = a.size <= b.size ? [a, b] : [b, a];
  let sum = 0;
  for (const [word, weight] of few) sum += weight * (many.get(word) ?? 0);
  return sum;
}
