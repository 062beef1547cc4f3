import type { Clock } from '../kernel/clock.ts';
import type { Timers } from '../kernel/timers.ts';

interface Timer {
  readonly atMs: number;
  readonly run: () => void;
}

/** Time that stands still until a test or a simulation moves it; timers run while it moves. */
export class ManualClock implements Clock, Timers {
  #nowMs: number;
  #timers: readonly Timer[] = [];

  constructor(startMs = Date.UTC(2026, 0, 1)) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  after(delayMs: number, run: () => void): () => void {
    const timer: Timer = { atMs: this.#nowMs + Math.max(0, delayMs), run };
    this.#timers = [...this.#timers, timer].sort((a, b) => a.atMs - b.atMs);
    return () => this.#remove(timer);
  }

  /** Timers that have not run yet, as milliseconds from now, soonest first. */
  get pendingMs(): readonly number[] {
    return this.#timers.map(({ atMs }) => atMs - this.#nowMs);
  }

  /**
   * Lets `ms` milliseconds pass. Every timer that comes due runs at its own instant, also one set by
   * another. What a timer starts asynchronously goes on after this returns.
   */
  advance(ms: number): void {
    this.set(this.#nowMs + ms);
  }

  /** Moves to an instant in Unix milliseconds. Back is allowed: real clocks do that too. */
  set(atMs: number): void {
    for (let due = this.#due(atMs); due; due = this.#due(atMs)) {
      this.#nowMs = Math.max(this.#nowMs, due.atMs);
      this.#remove(due);
      due.run();
    }
    this.#nowMs = atMs;
  }

  #due(atMs: number): Timer | undefined {
    return this.#timers.find((timer) => timer.atMs <= atMs);
  }

  #remove(timer: Timer): void {
    this.#timers = this.#timers.filter((other) => other !== timer);
  }
}
