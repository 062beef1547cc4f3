import type { CoverageAnswer } from '../answers.ts';
import { table } from './table.ts';

const BAR_WIDTH = 72;
const MARKS: Readonly<Record<string, string>> = { hot: '█', warm: '▓', cold: '░', deleted: '·' };

/** Where the seqs of a session are, as a bar and in words. */
export function coverageLines({ lastSeq, ranges }: CoverageAnswer): string[] {
  if (lastSeq === 0) return ['Nothing.'];
  const rows = mergeShort(ranges).map(({ fromSeq, toSeq, tier, summarised }) => [
    `#${fromSeq}–#${toSeq}`,
    `${MARKS[tier] ?? '?'} ${tier}`,
    summarised ? 'a summary stands for them' : 'verbatim only',
  ]);
  return [tierBar(lastSeq, ranges), summaryBar(lastSeq, ranges), '', ...table(rows, 3)];
}

function tierBar(lastSeq: number, ranges: CoverageAnswer['ranges']): string {
  return bar(lastSeq, (seq) => {
    const range = ranges.find(({ fromSeq, toSeq }) => fromSeq <= seq && seq <= toSeq);
    return MARKS[range?.tier ?? ''] ?? '?';
  });
}

function summaryBar(lastSeq: number, ranges: CoverageAnswer['ranges']): string {
  return bar(lastSeq, (seq) =>
    ranges.some(({ fromSeq, toSeq, summarised }) => summarised && fromSeq <= seq && seq <= toSeq)
      ? '‾'
      : ' ',
  ).trimEnd();
}

const bar = (lastSeq: number, mark: (seq: number) => string): string =>
  Array.from({ length: BAR_WIDTH }, (_, column) =>
    mark(Math.min(lastSeq, 1 + Math.floor((column * lastSeq) / BAR_WIDTH))),
  ).join('');

const MAX_RANGES = 8;

/** The longest ranges, in order: pins and what is read often make many short ones between. */
const mergeShort = (ranges: CoverageAnswer['ranges']): CoverageAnswer['ranges'] =>
  ranges
    .toSorted((a, b) => b.toSeq - b.fromSeq - (a.toSeq - a.fromSeq))
    .slice(0, MAX_RANGES)
    .sort((a, b) => a.fromSeq - b.fromSeq);
