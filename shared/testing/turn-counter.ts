/** Counts how often everything else of the process has had its turn since it was made. */
export class TurnCounter {
  #turns = 0;
  #isOver = false;

  constructor() {
    setImmediate(() => this.#count());
  }

  get turns(): number {
    return this.#turns;
  }

  stop(): void {
    this.#isOver = true;
  }

  #count(): void {
    if (this.#isOver) return;
    this.#turns++;
    setImmediate(() => this.#count());
  }
}
