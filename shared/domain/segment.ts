import type { Accesses } from './item.ts';

/** How a segment's bytes are encoded. Old codecs stay readable for ever. */
export const CODECS = ['columns-zstd', 'columns-raw'] as const;
export type Codec = (typeof CODECS)[number];

/** Consecutive seqs, both ends included. */
export interface SeqRun {
  readonly fromSeq: number;
  readonly toSeq: number;
}

/** What can be known of a segment without its bytes. */
export interface SegmentInfo {
  /** The segment's name within its session: no other segment holds this seq. */
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly count: number;
  /** The seqs inside; ranges of two segments may interleave, their seqs never meet. */
  readonly runs: readonly SeqRun[];
  readonly codec: string;
  readonly storedBytes: number;
  readonly rawBytes: number;
  /** SHA-256 of the stored bytes, in hexadecimal. */
  readonly sha256: string;
  readonly fromAtMs: number;
  readonly toAtMs: number;
  /** Accesses by seq, for items that were read after they became cold. */
  readonly accesses: Readonly<Record<string, Accesses>>;
}

/** A run of items compressed into one cold document. Immutable but for `accesses`. */
export interface Segment extends SegmentInfo {
  readonly bytes: Uint8Array;
}

/** The shortest list of runs that holds exactly these ascending seqs. */
export function runsOf(seqs: readonly number[]): SeqRun[] {
  const runs: { fromSeq: number; toSeq: number }[] = [];
  for (const seq of seqs) {
    const last = runs.at(-1);
    if (last && seq === last.toSeq + 1) last.toSeq = seq;
    else runs.push({ fromSeq: seq, toSeq: seq });
  }
  return runs;
}

export const holdsSeq = ({ runs }: Pick<SegmentInfo, 'runs'>, seq: number): boolean =>
  runs.some(({ fromSeq, toSeq }) => fromSeq <= seq && seq <= toSeq);
