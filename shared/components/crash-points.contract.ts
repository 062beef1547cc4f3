import { describe, expect, it } from 'vitest';
import type { Memory } from '../app/memory.ts';
import { AppError } from '../kernel/app-error.ts';
import { DAY_MS } from '../kernel/clock.ts';
import { deadlineAfter } from '../kernel/deadline.ts';
import { StrataOptions } from '../options.ts';
import { dyingStores } from '../testing/dying-stores.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { type DurableStores, type Embedded, openEmbedded } from './embedded.ts';

const session = { userId: 'user-1', sessionId: 's' };
const START_MS = Date.UTC(2026, 0, 1);

/** A durable place of a test's own, which a process after the crash finds again. */
export interface CrashSite {
  open(clock: ManualClock): DurableStores;
  dispose(): Promise<void>;
}

/** A part of a session's life. Each of them may be repeated from its start. */
type Chapter = (system: Embedded, clock: ManualClock) => Promise<void>;

const append: Chapter = async ({ memory }, clock) => {
  for (let batch = 0; batch < 6; batch++) {
    const items = Array.from({ length: 45 }, (_, index) => ({
      content: `Item ${batch}.${index} tells that order AB-${batch}${index} costs 12.50 EUR.`,
      contentType: 'user_message',
      idempotencyKey: `${batch}.${index}`,
      createdAtMs: START_MS,
    }));
    await memory.append({ ...session, items, startedAtMs: clock.now(), isEvent: false });
  }
};

const migrate =
  (afterDays: number): Chapter =>
  async ({ memory }, clock) => {
    clock.set(START_MS + afterDays * DAY_MS);
    await memory.migrateTiers({ dryRun: false, deadline: deadlineAfter(60_000, clock) });
  };

const summarize: Chapter = async ({ memory }) => {
  await memory.summarizeSession(session);
};

const readAgain: Chapter = async ({ memory }) => {
  for (let time = 0; time < 3; time++) await memory.history({ ...session, order: 'asc', limit: 5 });
  await memory.flushAccesses();
};

const deleteOne: Chapter = async ({ memory }) => {
  const { items } = await memory.history({ ...session, order: 'asc', limit: 500 });
  const id = items.find(({ seq }) => seq === 50)?.id;
  if (id) await memory.deleteItem(id);
};

const erase: Chapter = async ({ memory }, clock) => {
  const receipt = await memory.eraseUser(session.userId, deadlineAfter(60_000, clock));
  expect(receipt).toMatchObject({ status: 'erased', verifiedEmpty: true });
};

const LIFE: readonly Chapter[] = [
  append,
  summarize,
  migrate(10),
  migrate(40),
  deleteOne,
  summarize,
];

/** What a reader can observe of the session. */
async function stateOf(memory: Memory) {
  const pages = [];
  for (let fromSeq: number | undefined = 1; fromSeq !== undefined; ) {
    const page = await memory.history({ ...session, order: 'asc', limit: 100, fromSeq });
    pages.push(...page.items);
    fromSeq = page.nextSeq;
  }
  const { sessions } = await memory.listSessions(session.userId, { limit: 10 });
  return {
    items: pages.map(({ seq, content, tier, tokens }) => ({ seq, content, tier, tokens })),
    coverage: await memory.coverage(session),
    sessions: sessions.map(({ itemCount, tiers }) => ({
      itemCount,
      hot: tiers.hot.items,
      warm: tiers.warm.items,
      cold: tiers.cold.items,
    })),
  };
}

/** Plays chapters in a place of its own; dies after `maxWrites`, then plays them to the end. */
async function play(site: CrashSite, chapters: readonly Chapter[], maxWrites: number) {
  const clock = new ManualClock(START_MS);
  const open = async (limit: number) => {
    const stores = dyingStores(site.open(clock), limit);
    const options = StrataOptions.parse({});
    return { system: await openEmbedded({ options, dataDir: '', clock, stores }), stores };
  };
  try {
    const first = await open(maxWrites);
    let done = 0;
    try {
      for (const chapter of chapters) {
        await chapter(first.system, clock);
        done++;
      }
    } catch (thrown) {
      if (AppError.from(thrown).code !== 'unavailable') throw thrown;
    }
    const { writes } = first.stores;
    const again = await open(Number.POSITIVE_INFINITY);
    const tombstone = await again.stores.erasure.readTombstone(session.userId, clock.now());
    const isErasing = tombstone?.status === 'erasing';
    const between = { ...(await stateOf(again.system.memory)), isErasing };
    for (const chapter of chapters.slice(done)) await chapter(again.system, clock);
    const state = await stateOf(again.system.memory);
    again.stores.close();
    first.stores.close();
    return { writes, between, state };
  } finally {
    await site.dispose();
  }
}

/** What must hold on every durable store. Each one's test file calls this once. */
export function describeCrashPoints(name: string, newSite: () => Promise<CrashSite>): void {
  describe(`a process on ${name} that dies after any durable write`, () => {
    it.each([
      ['append, summarise, migrate, delete', LIFE],
      ['read often what is cold', [append, migrate(40), readAgain]],
      ['erase', [append, migrate(40), summarize, erase]],
    ] as const)('ends in the state of an uninterrupted run: %s', async (_name, chapters) => {
      const whole = await play(await newSite(), chapters, Number.POSITIVE_INFINITY);
      expect(whole.writes).toBeGreaterThan(8);
      for (let writes = 1; writes < whole.writes; writes++) {
        const { between, state } = await play(await newSite(), chapters, writes);
        expect(state, `died after write ${writes}`).toEqual(whole.state);
        if (between.isErasing) continue;
        // Also right after the crash: every item is in one place, and nothing is missing.
        const seqs = between.items.map(({ seq }) => seq);
        expect(new Set(seqs).size).toBe(seqs.length);
        expect(between.coverage.gaps).toEqual([]);
        expect(between.sessions[0]?.itemCount ?? 0).toBe(seqs.length);
      }
    });
  });
}
