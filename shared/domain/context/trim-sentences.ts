let segmenter: Intl.Segmenter | undefined;

/**
 * The longest run of whole sentences from the start of a text that fits; `undefined` when not even
 * the first one does. Sentence ends as Unicode defines them for any script (UAX #29).
 *
 * @param fits must hold for a prefix of every text that it holds for.
 */
export function trimSentences(text: string, fits: (part: string) => boolean): string | undefined {
  const ends = sentenceEnds(text);
  let fitting = 0;
  let tooMany = ends.length + 1;
  while (tooMany - fitting > 1) {
    const middle = (fitting + tooMany) >> 1;
    if (fits(upTo(text, ends[middle - 1]))) fitting = middle;
    else tooMany = middle;
  }
  return fitting > 0 ? upTo(text, ends[fitting - 1]) : undefined;
}

const upTo = (text: string, end: number | undefined): string => text.slice(0, end).trimEnd();

/** Where each sentence ends, blank ones left out. */
function sentenceEnds(text: string): number[] {
  segmenter ??= new Intl.Segmenter('und', { granularity: 'sentence' });
  const ends: number[] = [];
  for (const { segment, index } of segmenter.segment(text)) {
    if (segment.trim() !== '') ends.push(index + segment.length);
  }
  return ends;
}
