import { createRequire } from 'node:module';

interface ParsedFamily {
  readonly name: string;
  readonly metrics: readonly {
    readonly labels?: Readonly<Record<string, string>>;
    readonly value?: string;
  }[];
}

// It has no types of its own.
const parse = createRequire(import.meta.url)('parse-prometheus-text-format') as (
  text: string,
) => readonly ParsedFamily[];

/**
 * What a public parser reads in a text: every sample by its name and its labels in the order of the
 * alphabet, as `strata_requests_total{function=read-items,status=200}`.
 *
 * The parser knows the older text format, whose samples are written alike. It is given them without
 * their heads: of a histogram that it knows as one it keeps neither labels nor count.
 */
export function readOpenMetrics(text: string): Readonly<Record<string, number>> {
  const samples = text.replaceAll(/^#.*\n/gm, '');
  return Object.fromEntries(
    parse(samples).flatMap(({ name, metrics }) =>
      metrics.map(({ labels = {}, value = '' }) => [name + labelText(labels), numberOf(value)]),
    ),
  );
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.keys(labels)
    .sort()
    .map((label) => `${label}=${labels[label]}`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

const numberOf = (value: string): number => Number(value.replace('Inf', 'Infinity'));
