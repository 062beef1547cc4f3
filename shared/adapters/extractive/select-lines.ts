import type { Candidate } from './candidates.ts';
import { clipToFit } from './clip.ts';
import { similarity, type WordVector } from './word-vectors.ts';

export interface Ranked extends Candidate {
  readonly vector: WordVector;
  readonly score: number;
}

export interface Room {
  /** Tokens that the summary should not take more than. */
  readonly wished: number;
  /** Tokens that it must not take more than. */
  readonly allowed: number;
  readonly count: (text: string) => number;
}

/** Above it, two sentences say the same, and the second one is left out (the paper's reranker). */
const SAME = 0.6;
const LINES_PER_ITEM = 3;
/** Room that is left is not filled with lines that say so much less than the best one. */
const WORTH_SAYING = 0.1;

/** The best lines that fit, in the order of the conversation, as the text of a summary. */
export function selectLines(ranked: readonly Ranked[], room: Room): string {
  const [best, ...others] = ranked.toSorted((a, b) => b.score - a.score);
  if (!best) return '';
  const chosen = new Set<Ranked>();
  let left = room.wished;
  for (const line of [best, ...others]) {
    const tokens = room.count(`${render([line])}\n`);
    if (line === best && tokens > left) return clipped(best, room);
    if (tokens > left || line.score < best.score * WORTH_SAYING || repeats(line, chosen)) continue;
    left -= tokens;
    chosen.add(line);
  }
  const text = render(ranked.filter((line) => chosen.has(line)));
  // Counters round, so that the whole may take a little more than its lines.
  return room.count(text) <= room.allowed ? text : clipped(best, room);
}

function repeats(line: Ranked, chosen: ReadonlySet<Ranked>): boolean {
  let ofItem = 0;
  for (const other of chosen) {
    if (similarity(line.vector, other.vector) > SAME) return true;
    if (line.seq > 0 && other.seq === line.seq) ofItem += 1;
  }
  return ofItem >= LINES_PER_ITEM;
}

/** One line per item and speaker: `[12] user: First. Third.` */
function render(lines: readonly Ranked[]): string {
  const rendered: string[] = [];
  let last: Ranked | undefined;
  for (const line of lines) {
    const isSame = line.seq > 0 && line.seq === last?.seq && line.speaker === last.speaker;
    if (isSame) rendered.push(`${rendered.pop() ?? ''} ${line.text}`);
    else rendered.push(line.speaker ? `[${line.seq}] ${line.speaker}: ${line.text}` : line.text);
    last = line;
  }
  return rendered.join('\n');
}

/** As much of a line as fits, without its prefix if need be. */
function clipped(line: Ranked, { wished, allowed, count }: Room): string {
  const text = render([line]);
  const prefix = text.length - line.text.length;
  for (const limit of [wished, allowed]) {
    const part = clipToFit(text, (fitting) => count(fitting) <= limit);
    if (part !== undefined && part.length > prefix + 1) return part;
  }
  return clipToFit(line.text, (fitting) => count(fitting) <= allowed) ?? [...line.text][0] ?? '';
}
