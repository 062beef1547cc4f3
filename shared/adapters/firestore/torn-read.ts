import { setTimeout as sleep } from 'node:timers/promises';
import { itemCountOf } from '../../domain/head.ts';
import { SECOND_MS } from '../../kernel/clock.ts';
import type { LogSlice } from '../../ports/session-store.ts';
import type { HeadBounds } from './head-doc.ts';

/** A slice, and how often in all it may be read before it is answered as it is. */
export interface LogReading {
  readonly slice: LogSlice;
  readonly maxReads: number;
}

/** What was found of a range of seqs, or of seqs that were asked for. */
interface Found {
  /** One that stands in two homes is here twice. */
  readonly seqs: readonly number[];
  /** Seqs that the session has given out and that were not found. */
  readonly missing: number;
}

export const WHOLE = 1;
// A commit may be under way: pauses of two thirds of a second in all, ten times as long as the
// emulator was seen to take.
const TORN_NOW = 8;
// None was, as far as the head tells; it may be older than what was read after it.
const TORN = 3;
const RECENT_MS = 2 * SECOND_MS;
const FIRST_PAUSE_MS = 5;

/**
 * Whether half of a commit may be missing. Firestore's read-only transactions see one moment; the
 * emulator's may see a commit of this moment document by document
 * (`node infra/tooling/torn-reads.ts`). Seqs have no gaps but for deletions, which the head counts.
 *
 * @returns how often in all to read what is read like this.
 */
export function maxReadsOf(head: HeadBounds, { seqs, missing }: Found): number {
  const deleted = Math.max(0, head.topSeq - itemCountOf(head));
  const isTorn = missing > deleted || new Set(seqs).size < seqs.length;
  if (!isTorn) return WHOLE;
  return head.ageMs <= RECENT_MS ? TORN_NOW : TORN;
}

/** Reads again, for a while, what looks torn. What stays so is answered as it is. */
export async function readWhole(read: () => Promise<LogReading>): Promise<LogSlice> {
  for (let reads = 1; ; reads++) {
    const { slice, maxReads } = await read();
    if (reads >= maxReads) return slice;
    await sleep(FIRST_PAUSE_MS * 2 ** (reads - 1));
  }
}
