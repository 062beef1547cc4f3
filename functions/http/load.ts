import { AppError } from '../../shared/kernel/app-error.ts';
import {
  containerLimitBytes,
  oldSpaceLimitBytes,
  oldSpaceUsedBytes,
} from '../../shared/kernel/heap-limit.ts';

/** What a process holds at one time before it sends calls away. */
export interface LoadLimits {
  readonly maxInFlight: number;
  /** Bodies that are read or worked on, in bytes. */
  readonly maxBodyBytes: number;
  /** Share of the memory that there is, above which nothing new is begun. */
  readonly maxMemoryRatio: number;
}

const MIB = 1_048_576;
const LIMITS: LoadLimits = {
  // The most that Cloud Run sends to one instance
  // (https://cloud.google.com/run/docs/about-concurrency, 2026-11).
  maxInFlight: 1_000,
  // A body takes about four times its size while it is parsed and stored: 1 GiB at the worst.
  maxBodyBytes: 256 * MIB,
  maxMemoryRatio: 0.95,
};
/** A look at the memory takes 10 µs; under load once in this time will do. */
const LOOK_EVERY_MS = 100;

/** Takes bytes of a body into account. @throws AppError `unavailable` when it is too much. */
export type Hold = (bytes: number) => void;

/** One call's share of the load, given back at its end. */
export interface Share {
  readonly hold: Hold;
  readonly release: () => void;
}

/**
 * Sends calls away before this process runs out of memory: a refused call is tried again elsewhere, a
 * process that ends takes all of its calls with it.
 */
export class Load {
  readonly #limits: LoadLimits;
  readonly #memoryRatio: () => number;
  #inFlight = 0;
  #bodyBytes = 0;
  #lookedAtMs = Number.NEGATIVE_INFINITY;
  #isMemoryShort = false;

  constructor(limits: Partial<LoadLimits> = {}, memoryRatio = usedMemoryRatio) {
    this.#limits = { ...LIMITS, ...limits };
    this.#memoryRatio = memoryRatio;
  }

  /** Begins a call. @throws AppError `unavailable` when this process has enough to do. */
  begin(): Share {
    if (this.#inFlight >= this.#limits.maxInFlight || this.#looksShort()) throw tooMuch();
    this.#inFlight += 1;
    let held = 0;
    let isOver = false;
    return {
      hold: (bytes) => {
        if (isOver) return;
        if (this.#bodyBytes + bytes > this.#limits.maxBodyBytes) throw tooMuch();
        held += bytes;
        this.#bodyBytes += bytes;
      },
      release: () => {
        if (isOver) return;
        isOver = true;
        this.#inFlight -= 1;
        this.#bodyBytes -= held;
      },
    };
  }

  #looksShort(): boolean {
    const nowMs = performance.now();
    if (nowMs - this.#lookedAtMs < LOOK_EVERY_MS) return this.#isMemoryShort;
    this.#lookedAtMs = nowMs;
    this.#isMemoryShort = this.#memoryRatio() > this.#limits.maxMemoryRatio;
    return this.#isMemoryShort;
  }
}

const tooMuch = () => new AppError('unavailable', 'This instance has enough to do; try again');

/** The heap against its limit, or the whole process against its container's, whichever is fuller. */
function usedMemoryRatio(): number {
  const ofContainer =
    process.memoryUsage.rss() / (containerLimitBytes() ?? Number.POSITIVE_INFINITY);
  return Math.max(oldSpaceUsedBytes() / oldSpaceLimitBytes(), ofContainer);
}
