import type { Item } from '../item.ts';
import type { Candidate } from './candidates.ts';
import type { Room } from './room.ts';
import type { StopReason } from './selection.ts';

/** The system items of a context; one that does not fit is left out, and others may still fit. */
export class SystemItems<T extends Item> {
  readonly kept: Candidate<T>[] = [];
  /** Those left out, by seq. */
  readonly omitted = new Map<number, StopReason>();
  readonly #room: Room;

  constructor(room: Room) {
    this.#room = room;
  }

  /** @param isExempt it may exceed the cap on items. */
  add(one: Candidate<T>, isExempt: boolean): void {
    const reason = this.#room.take(one.tokens, one.size, isExempt);
    if (reason) this.omitted.set(one.firstSeq, reason);
    else this.kept.push(one);
  }
}
