import { plainMarkdown } from '../../domain/plain-markdown.ts';
import { head, tail } from './clip.ts';

/** Made on first use: the first one of a process takes 8 ms (Node 24), also where none is needed. */
let segmenter: Intl.Segmenter | undefined;
const sentenceSegmenter = (): Intl.Segmenter =>
  (segmenter ??= new Intl.Segmenter('und', { granularity: 'sentence' }));

/** Of a longer text only so much from its start and its end is read: the rest is seldom the point. */
const START_UNITS = 12_000;
const END_UNITS = 4_000;
/** What is joined because of abbreviations is a sentence, and no more. */
const MAX_JOINED_UNITS = 400;
const ABBREVIATION_UNITS = 12;
/** Visible: a letter, a figure or a symbol, not only marks and blanks. */
const VISIBLE = /[\p{L}\p{N}\p{S}]/u;

/**
 * The sentences of a text by Unicode's rules for any script (UAX #29), each on one line, without marks
 * of Markdown.
 */
export function sentencesOf(text: string): string[] {
  return partsOf(text).flatMap((part) =>
    plainMarkdown(part)
      .split(/[\r\n\u2028\u2029]+/)
      .flatMap((line) =>
        joinMarks([...sentenceSegmenter().segment(line)].map(({ segment }) => segment)),
      )
      .map(oneLine)
      .filter((sentence) => VISIBLE.test(sentence)),
  );
}

/** Ends in a point that ends no sentence: an initial, or an abbreviation of a title or an example. */
const ABBREVIATED =
  /(?:^|[\s(“"])(?:(?!I)\p{Lu}|[zud]|Mr|Mrs|Ms|Dr|Prof|St|No|Nr|vs|e\.g|i\.e|ca|approx|bzw|Jr|Sr|Inc|Ltd)\.\s*$/u;

/**
 * The number of a list's line (`2.`) is no sentence: it goes with what follows it. Nor is what ends in an
 * abbreviation (`John F. Kennedy`, `Dr. Weber`), which Unicode's rules cannot know.
 */
function joinMarks(segments: readonly string[]): string[] {
  const sentences: string[] = [];
  let mark = '';
  for (const segment of segments) {
    if (/^[^\p{L}]{1,8}$/u.test(segment) || isAbbreviated(mark, segment)) mark += segment;
    else {
      sentences.push(mark + segment);
      mark = '';
    }
  }
  return mark === '' ? sentences : [...sentences, mark];
}

/** Not for ever: a line of initials alone is cut up all the same. */
const isAbbreviated = (mark: string, segment: string): boolean =>
  mark.length < MAX_JOINED_UNITS && ABBREVIATED.test(segment.slice(-ABBREVIATION_UNITS));

const partsOf = (text: string): string[] =>
  text.length <= START_UNITS + END_UNITS
    ? [text]
    : [head(text, START_UNITS), tail(text, END_UNITS)];

/** A text without line breaks, control characters and blanks in a row. */
export const oneLine = (text: string): string => text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
