import { readdirSync, readFileSync } from 'node:fs';
import { figureText, type Result, tableLines } from '../bench/result.ts';

const RESULTS = new URL('../bench/results/', import.meta.url);

/** Times and rates travel only as ratios of one run; the saved results have all figures. */
const TRAVELS = / over |RSS|^items$/;

/** What the benches found last, as they saved it: a Markdown table and where it was measured. */
export function figuresTable(): string {
  const results = readdirSync(RESULTS)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => JSON.parse(readFileSync(new URL(name, RESULTS), 'utf8')) as Result);
  const rows = results.flatMap(({ name, figures }) =>
    Object.entries(figures)
      .filter(([what]) => TRAVELS.test(what))
      .map(([what, value]) => `| \`${name}\` | ${what} | ${figureText(value)} |`),
  );
  const places = new Set(
    results.map(({ at, node, machine }) => `${at}, Node ${node.slice(1)}, ${machine}`),
  );
  return [
    '| bench | figure | value |',
    '| --- | --- | --- |',
    ...rows,
    '',
    ...results.flatMap(({ table }) => (table ? [...tableLines(table), ''] : [])),
    [...places].join('; '),
  ].join('\n');
}
