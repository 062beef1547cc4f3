import type {
  Distribution,
  Metric,
  MetricKind,
  MetricSeries,
} from '../../domain/metrics/metric.ts';
import type { Meter } from '../../ports/meter.ts';

type Labels = Readonly<Record<string, string>>;

interface Cell {
  readonly labels: Labels;
  /** The count or level; for a distribution the sum of what was observed. */
  value: number;
  /** Distributions only: observations between a bound and the one below; the last place is above all. */
  readonly counts: number[];
}

/** All series of one metric. */
interface Table {
  readonly metric: Metric;
  readonly labelNames: readonly string[];
  readonly cells: Map<string, Cell>;
}

const NO_LABELS: Labels = {};

/** Counts in this process's memory. Series are few, by their labels; none is ever removed. */
export class InProcessMeter implements Meter {
  readonly #tables = new Map<Metric, Table>();

  count(metric: Metric<'cumulative'>, by = 1, labels = NO_LABELS): void {
    // A counter that shrinks or is not a number spoils its series for good.
    if (by >= 0 && by < Infinity) this.#cell(metric, labels).value += by;
  }

  gauge(metric: Metric<'gauge'>, value: number, labels = NO_LABELS): void {
    if (Number.isFinite(value)) this.#cell(metric, labels).value = value;
  }

  observe(metric: Metric<'distribution'>, ms: number, labels = NO_LABELS): void {
    if (!(ms >= 0 && ms < Infinity)) return;
    const { boundsMs = [] } = metric;
    const cell = this.#cell(metric, labels);
    let place = 0;
    while (place < boundsMs.length && ms > (boundsMs[place] ?? 0)) place++;
    cell.counts[place] = (cell.counts[place] ?? 0) + 1;
    cell.value += ms;
  }

  series(): readonly MetricSeries[] {
    return [...this.#tables.values()].flatMap(seriesOf);
  }

  #cell(metric: Metric, labels: Labels): Cell {
    const table = this.#tables.get(metric) ?? this.#addTable(metric);
    const key = keyOf(table.labelNames, labels);
    const cell = table.cells.get(key);
    if (cell) return cell;
    // A caller may reuse its labels object.
    const added = { labels: { ...labels }, value: 0, counts: emptyCounts(metric) };
    table.cells.set(key, added);
    return added;
  }

  #addTable(metric: Metric): Table {
    const table = { metric, labelNames: Object.keys(metric.labels), cells: new Map() };
    this.#tables.set(metric, table);
    return table;
  }
}

/** In the catalogue's order of labels, whatever the caller's. */
function keyOf(names: readonly string[], labels: Labels): string {
  let key = '';
  for (const name of names) key += `${labels[name]}\0`;
  return key;
}

const emptyCounts = ({ kind, boundsMs = [] }: Metric): number[] =>
  kind === 'distribution' ? Array.from({ length: boundsMs.length + 1 }, () => 0) : [];

const seriesOf = ({ metric, cells }: Table): MetricSeries[] =>
  Array.from(cells.values(), (cell) =>
    isOfKind(metric, 'distribution')
      ? { metric, labels: cell.labels, distribution: distributionOf(metric, cell) }
      : // A metric that is no distribution has a plain value.
        {
          metric: metric as Metric<'gauge' | 'cumulative'>,
          labels: cell.labels,
          value: cell.value,
        },
  );

const isOfKind = <K extends MetricKind>(metric: Metric, kind: K): metric is Metric<K> =>
  metric.kind === kind;

function distributionOf({ boundsMs = [] }: Metric, { counts, value }: Cell): Distribution {
  let count = 0;
  const buckets = boundsMs.map((upToMs, place) => {
    count += counts[place] ?? 0;
    return { upToMs, count };
  });
  return { count: count + (counts[boundsMs.length] ?? 0), sumMs: value, buckets };
}
