/** Where delayed work comes from. Injected, so that tests and simulations can move time. */
export interface Timers {
  /** Runs `run` once after `delayMs` milliseconds, never at once; the result cancels it. */
  after(delayMs: number, run: () => void): () => void;
}

/** Timers of this process. A pending one does not keep the process alive. */
export const systemTimers: Timers = {
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs).unref();
    return () => clearTimeout(timer);
  },
};
