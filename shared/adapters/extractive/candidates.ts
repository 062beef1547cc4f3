import { CONTENT_TYPES, type Item, type ToolCall } from '../../domain/item.ts';
import { isJson, plainJson } from '../../domain/plain-json.ts';
import { plainMarkdown } from '../../domain/plain-markdown.ts';
import { clip, head } from './clip.ts';
import { oneLine, sentencesOf } from './sentences.ts';

/** A line that may stand in the summary. */
export interface Candidate {
  /** 0 for a line of an earlier summary that names no item. */
  readonly seq: number;
  /** Who said it; absent with seq 0. */
  readonly speaker?: string;
  readonly text: string;
  /** How much it counts before its likeness to others does. */
  readonly prior: number;
}

/** The sentence graph is quadratic: about 15 ms for so many, measured on two shared cores. */
const MAX_CANDIDATES = 300;
const LINE_UNITS = 240;
/** A line of an earlier summary may be several sentences of one item. */
const MERGED_UNITS = 3 * LINE_UNITS;
const RESULT_UNITS = 160;
const ARGUMENTS_UNITS = 100;

const SPEAKERS: Readonly<Record<string, string>> = {
  [CONTENT_TYPES.user]: 'user',
  [CONTENT_TYPES.assistant]: 'assistant',
  [CONTENT_TYPES.system]: 'system',
  [CONTENT_TYPES.toolCall]: 'assistant',
  [CONTENT_TYPES.toolResult]: 'tool',
};

/** What a person wants weighs most, what a tool printed least. */
const PRIORS: Readonly<Record<string, number>> = { user: 1.7, assistant: 1, tool: 0.6 };
/** An assistant's question most often offers help or asks for what the user then says. */
const OFFER_PRIOR = 0.5;
const OFFER = /[?？]$/;
/** A line that was chosen before stays for a while. */
const PREVIOUS_PRIOR = 1.4;
/** The first thing that a user says is most often what the session is about. */
const OPENING_PRIOR = 1.5;

/** All candidates of an earlier summary and of new items, in the order of the conversation. */
export function candidatesOf(previous: string, items: readonly Item[]): Candidate[] {
  const opening = items.find(({ contentType }) => contentType === CONTENT_TYPES.user);
  const perItem = items.map((item) => linesOf(item, item === opening && previous === ''));
  return [...previousLines(previous).slice(-MAX_CANDIDATES), ...thin(perItem)];
}

const LINE = /^\[(\d{1,9})\] ([^:\s]{1,64}): (.+)$/;

function previousLines(previous: string): Candidate[] {
  return previous.split(/[\r\n]+/).flatMap((line): Candidate[] => {
    const [, seq, speaker = '', text = ''] = LINE.exec(line) ?? [];
    return seq === undefined
      ? sentencesOf(line).map((sentence) => ({ seq: 0, text: sentence, prior: PREVIOUS_PRIOR }))
      : [
          {
            seq: Number(seq),
            speaker,
            text: clip(oneLine(text), MERGED_UNITS),
            prior: PREVIOUS_PRIOR,
          },
        ];
  });
}

function linesOf(item: Item, isOpening: boolean): Candidate[] {
  const speaker = SPEAKERS[item.contentType] ?? item.contentType;
  const prior = (PRIORS[speaker] ?? 1) * (isOpening ? OPENING_PRIOR : 1);
  return textsOf(item).map((text) => ({
    seq: item.seq,
    speaker,
    text: clip(text, LINE_UNITS),
    prior: prior * (speaker === 'assistant' && OFFER.test(text) ? OFFER_PRIOR : 1),
  }));
}

function textsOf({ contentType, content, toolCalls = [] }: Item): string[] {
  if (contentType === CONTENT_TYPES.toolResult) {
    return [shortened(content, RESULT_UNITS)].filter(Boolean);
  }
  const sentences = isJson(content) ? [shortened(content, LINE_UNITS)] : sentencesOf(content);
  return [...sentences, ...toolCalls.map(callText)];
}

function callText({ name, arguments: args }: ToolCall): string {
  const text = typeof args === 'string' ? args : JSON.stringify(args);
  return `${name}(${shortened(text, ARGUMENTS_UNITS)})`;
}

/** The beginning of what a machine wrote, JSON as words. */
function shortened(text: string, units: number): string {
  const start = head(text, units * 4);
  return clip(oneLine(isJson(text) ? plainJson(start) : plainMarkdown(start)), units);
}

/** Of too many, every item keeps its first sentences and its last one, short items last of all. */
function thin(perItem: readonly (readonly Candidate[])[]): Candidate[] {
  const size = (share: number) =>
    perItem.reduce((sum, { length }) => sum + Math.min(length, share), 0);
  if (perItem.flat().length <= MAX_CANDIDATES) return perItem.flat();
  let share = 1;
  while (size(share + 1) <= MAX_CANDIDATES) share += 1;
  return longest(perItem.flatMap((lines) => ends(lines, share)));
}

const ends = <T>(lines: readonly T[], share: number): readonly T[] =>
  lines.length <= share
    ? lines
    : [...lines.slice(0, Math.max(1, share - 1)), ...(share > 1 ? lines.slice(-1) : [])];

function longest(lines: readonly Candidate[]): Candidate[] {
  const kept = new Set(
    lines.toSorted((a, b) => b.text.length - a.text.length).slice(0, MAX_CANDIDATES),
  );
  return lines.filter((line) => kept.has(line));
}
