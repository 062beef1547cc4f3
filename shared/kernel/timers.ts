/** Where delayed work comes from. Injected, so that tests and simulations can move time. */
export interface Timers {
  /** Runs `run` once after `delayMs` milliseconds, never at once; the result cancels it. */
  after(delayMs: number, run: () => void): () => void;
}

// Node runs a timer with a longer delay at once; 24.8 days are long enough for anything here.
const MAX_DELAY_MS = 2 ** 31 - 1;

/** Timers of this process. A pending one does not keep the process alive. */
export const systemTimers: Timers = {
  after(delayMs, run) {
    const timer = setTimeout(run, Math.min(delayMs, MAX_DELAY_MS)).unref();
    return () => clearTimeout(timer);
  },
};
