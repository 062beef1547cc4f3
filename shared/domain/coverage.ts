import type { Tier } from './item.ts';
import type { SeqRun } from './segment.ts';

export interface CoverageRange extends SeqRun {
  readonly summarised: boolean;
  readonly tier: Tier | 'deleted' | 'expired';
}

export interface Coverage {
  readonly lastSeq: number;
  /** 1…`lastSeq` without gap or overlap, but for `gaps`. */
  readonly ranges: readonly CoverageRange[];
  /** Seqs that are neither live nor deleted: empty unless something was lost. */
  readonly gaps: readonly SeqRun[];
}

export interface PlacedSeq {
  readonly seq: number;
  readonly tier: Tier;
}

interface Extent {
  readonly lastSeq: number;
  /** The last seq that a summary stands for; 0 without one. */
  readonly coveredToSeq: number;
  /** What is gone up to here expired; 0 where nothing did. */
  readonly expiredToSeq: number;
  /** How many live items the head counts. */
  readonly liveCount: number;
}

/**
 * Lays out a session's seqs. A seq that is found nowhere was deleted, as long as the head's counters
 * account for all of those; when they don't, something is missing, and what is absent is a gap.
 *
 * @param placed every live seq with its tier, ascending.
 */
export function coverageOf(placed: readonly PlacedSeq[], extent: Extent): Coverage {
  const { lastSeq, liveCount, expiredToSeq } = extent;
  const ranges: CoverageRange[] = [];
  const absent: SeqRun[] = [];
  let next = 1;
  const skipTo = (seq: number) => {
    if (next < seq) absent.push({ fromSeq: next, toSeq: seq - 1 });
    if (next < seq && placed.length === liveCount) {
      const expiredTo = Math.min(seq - 1, expiredToSeq);
      if (next <= expiredTo)
        append(ranges, { fromSeq: next, toSeq: expiredTo, summarised: false, tier: 'expired' });
      const deletedFrom = Math.max(next, expiredTo + 1);
      if (deletedFrom < seq) extend(ranges, deletedFrom, seq - 1, 'deleted', extent);
    }
    next = seq;
  };
  for (const { seq, tier } of placed) {
    skipTo(seq);
    extend(ranges, seq, seq, tier, extent);
    next = seq + 1;
  }
  skipTo(lastSeq + 1);
  return { lastSeq, ranges, gaps: placed.length === liveCount ? [] : absent };
}

/** Adds `fromSeq`…`toSeq`, cut where the summary ends, to the last range where they are alike. */
function extend(
  ranges: CoverageRange[],
  fromSeq: number,
  toSeq: number,
  tier: CoverageRange['tier'],
  { coveredToSeq }: Extent,
): void {
  if (fromSeq <= coveredToSeq && coveredToSeq < toSeq) {
    append(ranges, { fromSeq, toSeq: coveredToSeq, summarised: true, tier });
    append(ranges, { fromSeq: coveredToSeq + 1, toSeq, summarised: false, tier });
  } else {
    append(ranges, { fromSeq, toSeq, summarised: toSeq <= coveredToSeq, tier });
  }
}

function append(ranges: CoverageRange[], range: CoverageRange): void {
  const last = ranges.at(-1);
  const isAlike =
    last?.tier === range.tier &&
    last.summarised === range.summarised &&
    last.toSeq + 1 === range.fromSeq;
  if (last && isAlike) ranges[ranges.length - 1] = { ...last, toSeq: range.toSeq };
  else ranges.push(range);
}
