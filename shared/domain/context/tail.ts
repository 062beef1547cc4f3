import { coveredToSeq } from '../head.ts';
import type { Item } from '../item.ts';
import { byRecency, type Candidate } from './candidates.ts';
import type { Room } from './room.ts';
import type { ContextInput, StopReason } from './selection.ts';

/** The recent part of a context, grown from the newest group back to the first that does not fit. */
export class Tail<T extends Item> {
  /** Newest first. */
  readonly kept: Candidate<T>[] = [];
  readonly #room: Room;
  #stop: StopReason | undefined;
  #stopSeq = 0;

  constructor(room: Room) {
    this.#room = room;
  }

  /** Why it ends where it ends; absent while nothing was refused. */
  get stop(): StopReason | undefined {
    return this.#stop;
  }

  /** Everything up to here is left out. */
  get stopSeq(): number {
    return this.#stopSeq;
  }

  /** Adds the next older group, or ends: a smaller group behind a refused one would leave a hole. */
  add(one: Candidate<T>, places = one.size): void {
    if (this.#stop) return;
    this.#refuse(this.#room.take(one.tokens, places), one.lastSeq);
    if (!this.#stop) this.kept.push(one);
  }

  /** Ends at `seq` where not even one more item of so many tokens would fit. */
  endUnlessFits(tokens: number, places: number, seq: number): void {
    if (!this.#stop) this.#refuse(this.#room.refusal(tokens, places), seq);
  }

  #refuse(reason: StopReason | undefined, seq: number): void {
    this.#stop = reason;
    if (reason) this.#stopSeq = seq;
  }
}

/** Groups that may stand in the recent part: what no summary covers, newest first. */
export const uncovered = <T extends Item>(
  all: readonly Candidate<T>[],
  input: Pick<ContextInput, 'summary'>,
): Candidate<T>[] =>
  all
    .filter(({ kind, lastSeq }) => kind === 'other' && lastSeq > coveredToSeq(input))
    .sort(byRecency);
