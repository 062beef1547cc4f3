import { head, tail } from './clip.ts';

const segmenter = new Intl.Segmenter('und', { granularity: 'sentence' });

/** Of a longer text only so much from its start and its end is read: the rest is seldom the point. */
const START_UNITS = 12_000;
const END_UNITS = 4_000;
/** Visible: a letter, a figure or a symbol, not only marks and blanks. */
const VISIBLE = /[\p{L}\p{N}\p{S}]/u;

/** The sentences of a text by Unicode's rules for any script (UAX #29), each on one line. */
export function sentencesOf(text: string): string[] {
  return partsOf(text).flatMap((part) =>
    part
      .split(/[\r\n\u2028\u2029]+/)
      .flatMap((line) => joinMarks([...segmenter.segment(line)].map(({ segment }) => segment)))
      .map(oneLine)
      .filter((sentence) => VISIBLE.test(sentence)),
  );
}

/** The number of a list's line (`2.`) is no sentence: it goes with what follows it. */
function joinMarks(segments: readonly string[]): string[] {
  const sentences: string[] = [];
  let mark = '';
  for (const segment of segments) {
    if (/^[^\p{L}]{1,8}$/u.test(segment)) mark += segment;
    else {
      sentences.push(mark + segment);
      mark = '';
    }
  }
  return mark === '' ? sentences : [...sentences, mark];
}

const partsOf = (text: string): string[] =>
  text.length <= START_UNITS + END_UNITS
    ? [text]
    : [head(text, START_UNITS), tail(text, END_UNITS)];

/** A text without line breaks, control characters and blanks in a row. */
export const oneLine = (text: string): string => text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
