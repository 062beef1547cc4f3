import type { Json } from '../../../shared/kernel/json.ts';
import type { ItemAnswer } from '../answers.ts';
import type { Portrait } from '../portrait.ts';
import { whole } from './figures.ts';
import { shorten, widthOf, wrap } from './table.ts';

const SUMMARY_COLUMNS = 50;
const SOURCE_COLUMNS = 52;
const MAX_LINES = 26;
const MAX_FACTS = 16;
const FACT_COLUMNS = 46;

/** The summary on the left, the originals that it opens to on the right, both shortened. */
export function summaryOpened({ sent, context, originals }: Portrait): string[] {
  const { summary } = context;
  if (!summary) return ['Everything fits the budget verbatim, so nothing is summarised.'];
  const tokens = originals.reduce((sum, item) => sum + item.tokens, 0);
  const left = shortList(wrap(summary.text, SUMMARY_COLUMNS), 'more lines');
  const right = shortList(originals.map(originalLine), 'more items');
  const count = Math.max(left.length, right.length);
  const rows = Array.from({ length: count }, (_, index) => {
    const text = left[index] ?? '';
    const space = ' '.repeat(Math.max(0, SUMMARY_COLUMNS - widthOf(text)));
    return `${text}${space} │ ${right[index] ?? ''}`.trimEnd();
  });
  const { fromSeq, toSeq, tokens: kept } = summary;
  return [
    `${sent.name.sessionId}: ${whole(kept)} tokens stand for items ${fromSeq}–${toSeq}, ${whole(tokens)} tokens`,
    '',
    ...rows,
  ];
}

/** Some of the facts kept beside the summary, from the first to the last, two in a line. */
export function factsList({ context: { facts } }: Portrait): string[] {
  if (facts.length === 0) return ['None.'];
  const step = Math.max(1, Math.floor(facts.length / MAX_FACTS));
  const cells = facts
    .filter((_, index) => index % step === 0)
    .slice(0, MAX_FACTS)
    .map(({ seq, kind, text }) => shorten(`#${seq} ${kind}: ${text}`, FACT_COLUMNS));
  const lines: string[] = [];
  for (let index = 0; index < cells.length; index += 2) {
    const left = cells[index] ?? '';
    const space = ' '.repeat(FACT_COLUMNS + 2 - widthOf(left));
    lines.push(`${left}${space}${cells[index + 1] ?? ''}`.trimEnd());
  }
  const more = facts.length - MAX_FACTS;
  return more > 0 ? [...lines, `… and ${more} more`] : lines;
}

function originalLine({ seq, tier, contentType, content, toolCalls = [] }: ItemAnswer): string {
  const calls = toolCalls.map(({ name, arguments: args }) => `${name}(${argumentsText(args)})`);
  const text = [content, ...calls].filter((part) => part !== '').join(' ');
  const speaker = contentType.replace(/_message$/, '');
  return shorten(`#${seq} ${tier} ${speaker}: ${text}`, SOURCE_COLUMNS);
}

const argumentsText = (args: Json): string =>
  typeof args === 'string' ? args : JSON.stringify(args);

/** The beginning and the end of a long list. */
function shortList(lines: readonly string[], what: string): readonly string[] {
  if (lines.length <= MAX_LINES) return lines;
  const head = Math.ceil(MAX_LINES / 2);
  const tail = MAX_LINES - head - 1;
  const left = lines.length - head - tail;
  return [...lines.slice(0, head), `… ${left} ${what} …`, ...lines.slice(-tail)];
}
