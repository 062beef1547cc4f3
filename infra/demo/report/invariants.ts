import type { Verdict } from '../findings.ts';
import { paint, type Screen } from '../progress.ts';
import { counted, whole } from './figures.ts';

const MARKS = { kept: '✓', broken: '✗', unchecked: '–' } as const;
const COLOURS = { kept: 'green', broken: 'red', unchecked: 'yellow' } as const;
const MAX_FAULTS = 3;

/** One line for each invariant, and what is wrong below it. */
export const invariantLines = (verdicts: readonly Verdict[], screen: Screen): string[] =>
  verdicts.flatMap((verdict) => linesOf(verdict, screen));

function linesOf(verdict: Verdict, screen: Screen): string[] {
  const { number, name, promise, status, faults } = verdict;
  const mark = paint(screen, COLOURS[status], MARKS[status]);
  const title = `${mark} ${String(number).padStart(2)}  ${name.padEnd(25)}`;
  const shown = faults.slice(0, MAX_FAULTS).map((fault) => `        ${fault}`);
  const more = faults.length - shown.length;
  return [
    `${title}  ${promise}`,
    `${' '.repeat(32)}${paint(screen, 'dim', lookedAt(verdict))}`,
    ...shown,
    ...(more > 0 ? [`        … and ${whole(more)} more`] : []),
  ];
}

/** `137 appends, 2 restarts; without: …`. */
function lookedAt({ looked, without }: Verdict): string {
  const counts = Object.entries(looked)
    .filter(([, count]) => count > 0)
    .map(([what, count]) => counted(count, what));
  const leftOut = without.map((reason) => `left out: ${reason}`);
  return counts.length + leftOut.length > 0
    ? [counts.join(', '), ...leftOut].filter((part) => part !== '').join('; ')
    : 'there was nothing to look at';
}
