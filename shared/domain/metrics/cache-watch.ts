import {
  type CacheCounters,
  type CacheMetrics,
  type CacheTrack,
  stepCache,
} from './cache-figures.ts';
import type { CacheReading } from './readings.ts';

/** Follows one cache from sample to sample. */
export class CacheWatch {
  readonly #startedAtMs: number;
  #track: CacheTrack | undefined;
  #latest: CacheMetrics | undefined;

  constructor(startedAtMs: number) {
    this.#startedAtMs = startedAtMs;
  }

  /** What happened since the sample before. */
  sample(counters: CacheCounters | undefined, atMs: number): CacheMetrics | undefined {
    const step = counters && this.#step(counters, atMs);
    if (step) this.#track = step.track;
    this.#latest = step?.metrics;
    return this.#latest;
  }

  /** How it is now, with the rates of the last sample; the next sample is none the shorter for it. */
  look(counters: CacheCounters | undefined, atMs: number): CacheReading | undefined {
    const step = counters && this.#step(counters, atMs);
    return step && { totals: step.track.totals, now: step.metrics, rates: this.#latest };
  }

  #step(counters: CacheCounters, atMs: number) {
    return stepCache(this.#track, { atMs, startedAtMs: this.#startedAtMs, counters });
  }
}
