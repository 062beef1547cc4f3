import { NO_PIECE } from './piece-index.ts';

/** The place in the order of merging of the piece `[from, to)`, or `NO_PIECE`. */
export type KeyOf = (from: number, to: number) => number;

/**
 * Counts the tokens of a long segment: the best merge comes from a heap, so that the time grows
 * with n·log n. `starts` has the characters' starts and, after them, the end; then the tokens' starts and the
 * end.
 */
export function mergeLong(starts: Int32Array, count: number, keyOf: KeyOf): number {
  const next = new Int32Array(count);
  const previous = new Int32Array(count);
  const keys = new Int32Array(count);
  const heap = new MergeHeap(count);
  const endOf = (at: number) => (at < count ? (starts[at] ?? 0) : (starts[count] ?? 0));
  const update = (at: number) => {
    const right = next[at] ?? count;
    const end = endOf(next[right] ?? count);
    const key = right < count ? keyOf(starts[at] ?? 0, end) : NO_PIECE;
    keys[at] = key;
    if (key !== NO_PIECE) heap.push(key, at);
  };
  for (let at = 0; at < count; at++) {
    next[at] = at + 1;
    previous[at] = at - 1;
  }
  for (let at = 0; at < count; at++) update(at);
  let left = count;
  while (heap.pop()) {
    const at = heap.at;
    // A merge that another one has overtaken: one of its sides is no longer what it was.
    if (keys[at] !== heap.key) continue;
    const gone = next[at] ?? count;
    const after = next[gone] ?? count;
    keys[gone] = NO_PIECE;
    next[at] = after;
    if (after < count) previous[after] = at;
    left--;
    update(at);
    const before = previous[at] ?? -1;
    if (before >= 0) update(before);
  }
  for (let at = 0, token = 0; at <= count; token++) {
    starts[token] = starts[at] ?? 0;
    at = at < count ? (next[at] ?? count) : count + 1;
  }
  return left;
}

/** Merges by key, then by place in the text. One number holds both: a key has 18 bits, a place 30. */
class MergeHeap {
  key = 0;
  at = 0;
  readonly #factor: number;
  #entries: Float64Array;
  #size = 0;

  constructor(count: number) {
    this.#factor = 2 ** Math.ceil(Math.log2(count + 1));
    this.#entries = new Float64Array(count * 2);
  }

  push(key: number, at: number): void {
    if (this.#size === this.#entries.length) {
      const entries = new Float64Array(this.#size * 2);
      entries.set(this.#entries);
      this.#entries = entries;
    }
    const entries = this.#entries;
    const entry = key * this.#factor + at;
    let place = this.#size++;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = entries[parent] ?? 0;
      if (above <= entry) break;
      entries[place] = above;
      place = parent;
    }
    entries[place] = entry;
  }

  /** Puts the best merge into `key` and `at`; `false` when there is none. */
  pop(): boolean {
    if (this.#size === 0) return false;
    const entries = this.#entries;
    const top = entries[0] ?? 0;
    this.key = Math.floor(top / this.#factor);
    this.at = top - this.key * this.#factor;
    const last = entries[--this.#size] ?? 0;
    const size = this.#size;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= size) break;
      if (child + 1 < size && (entries[child + 1] ?? 0) < (entries[child] ?? 0)) child++;
      if ((entries[child] ?? 0) >= last) break;
      entries[place] = entries[child] ?? 0;
      place = child;
    }
    entries[place] = last;
    return true;
  }
}
