import { expect } from 'vitest';
import type { ItemView } from '../../app/memory.ts';
import { TIERS } from '../../domain/item.ts';
import { dropAbsent } from '../../kernel/drop-absent.ts';
import type { Model, ModelWorld, Place } from './model-world.ts';
import { coveredTo, type PlainItem, type PlainSession, type SessionName } from './plain-memory.ts';
import { same } from './step.ts';

/** Checks that a caller sees an item as it was said, and counts the access. */
export function seen(world: ModelWorld, name: SessionName, item: PlainItem, view: ItemView): void {
  const { tier, accessCount, ...rest } = view;
  item.reads++;
  same(rest, viewOf(name, item));
  expect(TIERS).toContain(tier);
  // An answer of Redis that came too late is counted again.
  if (!world.redis) expect(accessCount).toBeLessThanOrEqual(item.reads);
}

const viewOf = ({ userId, sessionId }: SessionName, item: PlainItem) => ({
  ...{ userId, sessionId, ...item.said },
  ...{ id: item.id, seq: item.seq, createdAtMs: item.createdAtMs, tokens: item.tokens },
  pinned: item.isPinned,
  ...dropAbsent({ metadata: item.metadata }),
});

/** As `seen`, for a list that must be exactly these items. */
export function allSeen(
  world: ModelWorld,
  name: SessionName,
  items: readonly PlainItem[],
  views: readonly ItemView[],
): void {
  same(
    views.map(({ seq }) => seq),
    items.map(({ seq }) => seq),
  );
  views.forEach((view, index) => {
    const item = items[index];
    if (item) seen(world, name, item, view);
  });
}

/** Checks which seqs are there, and what the newest summary stands for. */
export async function checkCoverage(
  { instances }: ModelWorld,
  place: Place,
  session: PlainSession | undefined,
  name: SessionName,
): Promise<Map<number, string>> {
  const { lastSeq, ranges, gaps } = await instances[place].memory.coverage(name);
  expect(lastSeq).toBe(session?.lastSeq ?? 0);
  same(gaps, []);
  const tiers = new Map<number, string>();
  let next = 1;
  for (const { fromSeq, toSeq, tier, summarised } of ranges) {
    expect(fromSeq).toBe(next);
    const hasExpired = toSeq <= (session?.expiredToSeq ?? 0);
    expect(tier === 'expired').toBe(hasExpired);
    expect(summarised).toBe(!hasExpired && toSeq <= coveredTo(session));
    next = toSeq + 1;
    if (tier !== 'deleted' && tier !== 'expired')
      for (let seq = fromSeq; seq < next; seq++) tiers.set(seq, tier);
  }
  expect(next).toBe(lastSeq + 1);
  same(
    [...tiers.keys()],
    (session?.items ?? []).map(({ seq }) => seq),
  );
  return tiers;
}

/** What must hold when a run is over: both instances tell the same, and nothing was given up. */
export async function checkAll({ plain }: Model, world: ModelWorld): Promise<void> {
  plain.expire(world.clock.now());
  for (const place of [0, 1] as const) {
    const { memory, deadLetters } = world.instances[place];
    for (const session of plain.sessions) {
      await checkCoverage(world, place, session, session);
      const { userId, sessionId, items } = session;
      const query = { userId, sessionId, order: 'asc', limit: items.length + 1 } as const;
      allSeen(world, session, items, (await memory.history(query)).items);
    }
    same(await deadLetters.list(5), []);
  }
}
