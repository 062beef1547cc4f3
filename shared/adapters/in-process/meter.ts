import type { Labels, Meter, Series } from '../../ports/meter.ts';

/** Upper bounds of every histogram, in milliseconds: from a cache hit to a slow migration. */
export const BUCKETS_MS = [
  0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000,
] as const;

interface Cell {
  readonly name: string;
  readonly kind: Series['kind'];
  readonly labels: Labels;
  value: number;
}

interface Histogram extends Cell {
  /** Observations between a bound and the one below it; the last place is above all bounds. */
  readonly counts: number[];
}

const NO_LABELS: Labels = {};

/** Counts in this process's memory. Series are few, by their labels; none is ever removed. */
export class InProcessMeter implements Meter {
  readonly #counters = new Map<string, Cell>();
  readonly #gauges = new Map<string, Cell>();
  readonly #histograms = new Map<string, Histogram>();

  count(name: string, by = 1, labels = NO_LABELS): void {
    // A counter that shrinks or is not a number spoils its series for good.
    if (!(by >= 0 && by < Infinity)) return;
    const key = keyOf(name, labels);
    const cell =
      this.#counters.get(key) ??
      add(this.#counters, key, { name, kind: 'counter', labels, value: 0 });
    cell.value += by;
  }

  gauge(name: string, value: number, labels = NO_LABELS): void {
    if (!Number.isFinite(value)) return;
    this.#gauges.set(keyOf(name, labels), { name, kind: 'gauge', labels: { ...labels }, value });
  }

  observe(name: string, ms: number, labels = NO_LABELS): void {
    if (!(ms >= 0 && ms < Infinity)) return;
    const key = keyOf(name, labels);
    const histogram =
      this.#histograms.get(key) ?? add(this.#histograms, key, newHistogram(name, labels));
    const index = BUCKETS_MS.findIndex((upToMs) => ms <= upToMs);
    const place = index === -1 ? BUCKETS_MS.length : index;
    histogram.counts[place] = (histogram.counts[place] ?? 0) + 1;
    histogram.value += ms;
  }

  series(): readonly Series[] {
    const plain = [...this.#counters.values(), ...this.#gauges.values()];
    return [
      ...plain.map((cell) => ({ ...cell })),
      ...Array.from(this.#histograms.values(), seriesOf),
    ];
  }
}

function add<C extends Cell>(cells: Map<string, C>, key: string, cell: C): C {
  // A caller may reuse its labels object.
  const own = { ...cell, labels: { ...cell.labels } };
  cells.set(key, own);
  return own;
}

/** The same for the same labels in any order. */
function keyOf(name: string, labels: Labels): string {
  const names = Object.keys(labels);
  if (names.length === 0) return name;
  if (names.length > 1) names.sort();
  return names.reduce((key, label) => `${key}\0${label}\0${labels[label]}`, name);
}

const newHistogram = (name: string, labels: Labels): Histogram => ({
  name,
  kind: 'histogram',
  labels,
  value: 0,
  counts: Array.from({ length: BUCKETS_MS.length + 1 }, () => 0),
});

function seriesOf({ counts, ...cell }: Histogram): Series {
  let count = 0;
  const buckets = BUCKETS_MS.map((upToMs, index) => {
    count += counts[index] ?? 0;
    return { upToMs, count };
  });
  return { ...cell, buckets, count: count + (counts[BUCKETS_MS.length] ?? 0) };
}
