import { describe, expect, it } from 'vitest';
import { EXCHANGE, honestClient, itemOf, sentSession } from './honest-client.ts';
import { checkHome, checkHomeDuring } from './one-home.ts';

const sent = sentSession(EXCHANGE);
const honest = honestClient(sent);
const covering = (...ranges: readonly (readonly [number, number])[]) => ({
  ...honest,
  coverage: async () => ({
    lastSeq: 4,
    gaps: [],
    ranges: ranges.map(([fromSeq, toSeq]) => ({ fromSeq, toSeq, summarised: true, tier: 'cold' })),
  }),
});

describe('checkHome', () => {
  it('is content with every seq once and a coverage without gap or overlap', async () => {
    expect(await checkHome(honest, sent)).toEqual({
      invariant: 2,
      looked: { history: 1, coverage: 1 },
      faults: [],
    });
    expect((await checkHome(covering([1, 2], [3, 4]), sent)).faults).toEqual([]);
  });

  it('finds a seq that is in two homes', async () => {
    const items = sent.items.map((item) => itemOf(sent, item));
    const client = { ...honest, history: async () => [...items, ...items.slice(1, 2)] };
    expect((await checkHome(client, sent)).faults).toEqual(['s1: seq 2 is listed 2 times']);
  });

  it('finds a gap, an overlap and an early end of the coverage', async () => {
    expect((await checkHome(covering([1, 1], [3, 4]), sent)).faults).toEqual([
      's1: coverage leaves out 2…2',
    ]);
    expect((await checkHome(covering([1, 3], [3, 4]), sent)).faults).toEqual([
      's1: coverage has 3 twice',
    ]);
    expect((await checkHome(covering([1, 3]), sent)).faults).toEqual([
      's1: coverage leaves out 4…4',
    ]);
  });

  it('looks for as long as a migration runs, and says what it saw meanwhile', async () => {
    let reads = 0;
    const client = {
      ...honest,
      history: async () => {
        reads += 1;
        return reads === 2 ? [] : sent.items.map((item) => itemOf(sent, item));
      },
    };
    const migration = async () => {
      while (reads < 3) await new Promise((resolve) => setImmediate(resolve));
      return 'migrated';
    };
    const { result, examined } = await checkHomeDuring(client, [sent], migration);
    expect(result).toBe('migrated');
    expect(examined.looked['read while migrating']).toBeGreaterThanOrEqual(6);
    expect(examined.faults).toContain('while migrating: s1: seq 1 is listed 0 times');
  });
});
