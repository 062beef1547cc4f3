/** Low-cardinality labels of a series, for example the function's name. */
export type Labels = Readonly<Record<string, string>>;

export interface Series {
  readonly name: string;
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly labels: Labels;
  /** The count or level; for a histogram the sum of what was observed. */
  readonly value: number;
  /** Histogram only: how many observations are at or below each bound, in milliseconds. */
  readonly buckets?: readonly { readonly upToMs: number; readonly count: number }[];
  /** Histogram only. */
  readonly count?: number;
}

/** Counts what happens in this process. Synchronous and cheap: it stands on hot paths. */
export interface Meter {
  /** Adds to a counter that only grows. */
  count(name: string, by?: number, labels?: Labels): void;
  /** Sets a level. */
  gauge(name: string, value: number, labels?: Labels): void;
  /** Adds one duration to a histogram, in milliseconds. */
  observe(name: string, ms: number, labels?: Labels): void;
  series(): readonly Series[];
}
