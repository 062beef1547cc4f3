import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coverageOf, type PlacedSeq } from './coverage.ts';
import { TIERS } from './item.ts';

const placed = (from: number, to: number, tier: PlacedSeq['tier']): PlacedSeq[] =>
  Array.from({ length: to - from + 1 }, (_, index) => ({ seq: from + index, tier }));

describe('coverage', () => {
  it('joins what is alike and cuts where the tier or the summary changes', () => {
    const seqs = [...placed(1, 4, 'cold'), ...placed(7, 9, 'warm'), ...placed(10, 12, 'hot')];
    expect(
      coverageOf(seqs, { lastSeq: 12, coveredToSeq: 8, liveCount: 10, expiredToSeq: 0 }),
    ).toEqual({
      lastSeq: 12,
      ranges: [
        { fromSeq: 1, toSeq: 4, summarised: true, tier: 'cold' },
        { fromSeq: 5, toSeq: 6, summarised: true, tier: 'deleted' },
        { fromSeq: 7, toSeq: 8, summarised: true, tier: 'warm' },
        { fromSeq: 9, toSeq: 9, summarised: false, tier: 'warm' },
        { fromSeq: 10, toSeq: 12, summarised: false, tier: 'hot' },
      ],
      gaps: [],
    });
  });

  it('calls what is absent a gap when the counters know of more live items', () => {
    const seqs = [...placed(1, 2, 'hot'), ...placed(5, 5, 'hot')];
    expect(
      coverageOf(seqs, { lastSeq: 6, coveredToSeq: 0, liveCount: 4, expiredToSeq: 0 }).gaps,
    ).toEqual([
      { fromSeq: 3, toSeq: 4 },
      { fromSeq: 6, toSeq: 6 },
    ]);
  });

  it('tells what expired from what was deleted; no summary stands for it', () => {
    const seqs = [...placed(6, 6, 'warm'), ...placed(8, 9, 'hot')];
    const extent = { lastSeq: 9, coveredToSeq: 8, expiredToSeq: 4, liveCount: 3 };
    expect(coverageOf(seqs, extent)).toEqual({
      lastSeq: 9,
      ranges: [
        { fromSeq: 1, toSeq: 4, summarised: false, tier: 'expired' },
        { fromSeq: 5, toSeq: 5, summarised: true, tier: 'deleted' },
        { fromSeq: 6, toSeq: 6, summarised: true, tier: 'warm' },
        { fromSeq: 7, toSeq: 7, summarised: true, tier: 'deleted' },
        { fromSeq: 8, toSeq: 8, summarised: true, tier: 'hot' },
        { fromSeq: 9, toSeq: 9, summarised: false, tier: 'hot' },
      ],
      gaps: [],
    });
    const none = { lastSeq: 2, coveredToSeq: 0, expiredToSeq: 2, liveCount: 0 };
    expect(coverageOf([], none)).toEqual({
      lastSeq: 2,
      ranges: [{ fromSeq: 1, toSeq: 2, summarised: false, tier: 'expired' }],
      gaps: [],
    });
  });

  it('covers 1…lastSeq without gap or overlap, whatever was deleted', () => {
    const session = fc.array(fc.option(fc.constantFrom(...TIERS)), { maxLength: 60 });
    fc.assert(
      fc.property(session, fc.nat(60), (tiers, covered) => {
        const seqs = tiers.flatMap((tier, index) => (tier ? [{ seq: index + 1, tier }] : []));
        const lastSeq = tiers.length;
        const coveredToSeq = Math.min(covered, lastSeq);
        const { ranges, gaps } = coverageOf(seqs, {
          lastSeq,
          coveredToSeq,
          expiredToSeq: 0,
          liveCount: seqs.length,
        });
        const told = ranges.flatMap(({ fromSeq, toSeq, summarised, tier }) =>
          Array.from({ length: toSeq - fromSeq + 1 }, (_, index) => ({
            seq: fromSeq + index,
            summarised,
            tier,
          })),
        );
        const truth = tiers.map((tier, index) => ({
          seq: index + 1,
          summarised: index + 1 <= coveredToSeq,
          tier: tier ?? 'deleted',
        }));
        expect(told).toEqual(truth);
        expect(gaps).toEqual([]);
      }),
    );
  });
});
