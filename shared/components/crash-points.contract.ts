import { describe, expect, it } from 'vitest';
import { InProcessEventBus } from '../adapters/in-process/event-bus.ts';
import { MIGRATION_LEASE_MS } from '../app/lease-session.ts';
import type { Memory } from '../app/memory.ts';
import { AppError } from '../kernel/app-error.ts';
import { DAY_MS, MINUTE_MS } from '../kernel/clock.ts';
import { deadlineAfter } from '../kernel/deadline.ts';
import { forEachAtOnce } from '../kernel/for-each.ts';
import type { JsonObject } from '../kernel/json.ts';
import { StrataOptions } from '../options.ts';
import type { DyingStores } from '../testing/dying-stores.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { type Embedded, openSystem } from './embedded.ts';

const USER = 'user-1';
const session = { userId: USER, sessionId: 's' };
const START_MS = Date.UTC(2026, 0, 1);

/** A durable place of a test's own, which a process after the crash finds again. */
export interface CrashSite {
  /** A process that dies after `maxWrites` durable writes; `Infinity`: it only counts them. */
  open(clock: ManualClock, maxWrites: number): DyingStores;
  /** How many records of each of these kinds there are, also where no reader finds them. */
  count(kinds: readonly RecordKind[]): Promise<readonly number[]>;
  dispose(): Promise<void>;
}

/** Deaths in places of their own, played side by side: most of the time is the store's. */
const AT_ONCE = 4;

/** Records of sessions, by the name of their table or collection. */
const KINDS = ['sessions', 'items', 'segments', 'summaries', 'replays'] as const;
export type RecordKind = (typeof KINDS)[number];

/** A part of a user's life. Each of them may be repeated from its start. */
type Chapter = (system: Embedded, clock: ManualClock) => Promise<void>;

interface Life {
  readonly name: string;
  readonly before: readonly Chapter[];
  /** The process dies in these, after each of their writes. */
  readonly chapters: readonly Chapter[];
  /** Durable writes in `chapters`, at least: with fewer, nothing is tested. */
  readonly minWrites: number;
  /** Whether the process is one of many, which lease what they migrate. */
  readonly isShared?: true;
  /** Whether something is removed step by step: until the end, readers may see the rest of it. */
  readonly isRemoval?: true;
}

/** Appends items of a day with keys of their own, all of one session in as few commits as may be. */
const append =
  (sessionId: string, counts: readonly number[], afterDays = 0): Chapter =>
  async ({ memory }, clock) => {
    for (const [batch, count] of counts.entries()) {
      const items = Array.from({ length: count }, (_, index) => ({
        content: `Item ${batch}.${index} tells that order AB-${batch}${index} costs 12.50 EUR.`,
        contentType: 'user_message',
        createdAtMs: START_MS + afterDays * DAY_MS,
        // Every record costs an erasure a document: some are enough.
        ...(index < 20 ? { idempotencyKey: `${afterDays}.${batch}.${index}` } : {}),
      }));
      const command = { userId: USER, sessionId, items, startedAtMs: clock.now(), isEvent: false };
      await memory.append(command);
    }
  };

const migrate =
  (afterDays: number): Chapter =>
  async ({ memory }, clock) => {
    clock.set(START_MS + afterDays * DAY_MS);
    await memory.migrateTiers({ dryRun: false, deadline: deadlineAfter(60_000, clock) });
  };

/** Once more, when the leases of a process that died have run out. */
const migrateLater: Chapter = async ({ memory }, clock) => {
  clock.advance(MIGRATION_LEASE_MS + MINUTE_MS);
  await memory.migrateTiers({ dryRun: false, deadline: deadlineAfter(60_000, clock) });
};

const summarize: Chapter = async ({ memory }) => {
  await memory.summarizeSession(session);
};

/** Reads what is cold until it is warm. */
const readCold: Chapter = async ({ memory }) => {
  const { ranges } = await memory.coverage(session);
  for (const { fromSeq, toSeq, tier } of ranges) {
    const query = { ...session, order: 'asc', fromSeq, limit: toSeq - fromSeq + 1 } as const;
    if (tier === 'cold') for (let time = 0; time < 3; time++) await memory.history(query);
  }
  await memory.flushAccesses();
};

const deleteOne: Chapter = async ({ memory }) => {
  const { items } = await memory.history({ ...session, order: 'asc', limit: 500 });
  const id = items.find(({ seq }) => seq === 50)?.id;
  if (id) await memory.deleteItem(id);
};

const pinOne: Chapter = async ({ memory }) => {
  const { items } = await memory.history({ ...session, order: 'asc', limit: 500 });
  const id = items.find(({ seq }) => seq === 60)?.id;
  if (id) await memory.patchItem(id, { pinned: true });
};

const deleteSession: Chapter = ({ memory }) => memory.deleteSession(session);

const erase: Chapter = async ({ memory }, clock) => {
  const receipt = await memory.eraseUser(USER, deadlineAfter(60_000, clock));
  expect(receipt).toMatchObject({ status: 'erased', verifiedEmpty: true });
};

/** Something in every tier, with a summary, in two sessions. */
const MIXED = [
  append('s', [60]),
  append('other', [3]),
  migrate(40),
  append('s', [45], 40),
  summarize,
];

const LIVES: readonly Life[] = [
  {
    name: 'append, summarise, migrate to warm and to cold, pin, delete, summarise again',
    before: [],
    chapters: [
      append('s', [180, 250]),
      summarize,
      migrate(10),
      migrate(40),
      pinOne,
      deleteOne,
      summarize,
    ],
    minWrites: 10,
  },
  {
    name: 'migrate under leases, as one of many',
    before: [append('s', [180, 250]), append('other', [3]), migrate(0)],
    chapters: [migrate(40), migrateLater],
    minWrites: 5,
    isShared: true,
  },
  {
    name: 'migrate from cold to warm',
    before: [append('s', [180, 50]), migrate(40)],
    chapters: [readCold],
    minWrites: 2,
  },
  {
    name: 'delete a session',
    before: MIXED,
    chapters: [deleteSession],
    minWrites: 3,
    isRemoval: true,
  },
  { name: 'erase a user', before: MIXED, chapters: [erase], minWrites: 9, isRemoval: true },
];

/** What a reader can observe of everything that the user has. An export is no access. */
async function stateOf(memory: Memory) {
  const lines: JsonObject[] = [];
  for await (const line of memory.exportUser(USER)) lines.push(line);
  const { sessions } = await memory.listSessions(USER, { limit: 10 });
  return {
    lines,
    sessions: await Promise.all(
      sessions.map(async ({ sessionId, itemCount, tiers }) => ({
        sessionId,
        itemCount,
        ...{ hot: tiers.hot.items, warm: tiers.warm.items, cold: tiers.cold.items },
        coverage: await memory.coverage({ userId: USER, sessionId }),
      })),
    ),
  };
}

/** Plays a life in a place of its own; dies after `maxWrites` of them, then plays it to the end. */
async function play(site: CrashSite, life: Life, maxWrites: number) {
  const clock = new ManualClock(START_MS);
  const open = async (limit: number) => {
    const stores = site.open(clock, limit);
    const options = StrataOptions.parse({ tokenCounter: 'estimate' });
    const system = await openSystem({
      ...{ options, dataDir: '', clock, stores, isShared: life.isShared ?? false },
      openBus: (needs) => new InProcessEventBus(needs),
    });
    return { system, stores };
  };
  try {
    const young = await open(Number.POSITIVE_INFINITY);
    for (const chapter of life.before) await chapter(young.system, clock);
    young.stores.close();
    const first = await open(maxWrites);
    let done = 0;
    try {
      for (const chapter of life.chapters) {
        await chapter(first.system, clock);
        // What can be lost by design fails nobody; it is done again all the same.
        if (first.stores.writes >= maxWrites) break;
        done++;
      }
    } catch (thrown) {
      if (AppError.from(thrown).code !== 'unavailable') throw thrown;
    }
    const { writes } = first.stores;
    const again = await open(Number.POSITIVE_INFINITY);
    const between = await stateOf(again.system.memory);
    for (const chapter of life.chapters.slice(done)) await chapter(again.system, clock);
    const state = {
      seen: await stateOf(again.system.memory),
      stored: await site.count(KINDS),
    };
    again.stores.close();
    first.stores.close();
    return { writes, between, state };
  } finally {
    await site.dispose();
  }
}

const seqOf = (line: JsonObject): unknown => line['seq'];

/** What must hold on every durable store. Each one's test file calls this once. */
export function describeCrashPoints(name: string, newSite: () => Promise<CrashSite>): void {
  describe(`a process on ${name} that dies after any durable write`, () => {
    it.each(LIVES)('ends in the state of an uninterrupted run: $name', async (life) => {
      const whole = await play(await newSite(), life, Number.POSITIVE_INFINITY);
      expect(whole.writes).toBeGreaterThanOrEqual(life.minWrites);
      const deaths = Array.from({ length: whole.writes - 1 }, (_, index) => index + 1);
      await forEachAtOnce(deaths, AT_ONCE, async (writes) => {
        const { between, state } = await play(await newSite(), life, writes);
        expect(state, `died after write ${writes}`).toEqual(whole.state);
        if (life.isRemoval) return;
        // Also right after the crash: every item is in one place, and nothing is missing.
        for (const { sessionId, coverage, itemCount } of between.sessions) {
          const items = between.lines.filter((line) => line['type'] === 'item');
          const seqs = items.filter((line) => line['sessionId'] === sessionId).map(seqOf);
          expect(new Set(seqs).size).toBe(seqs.length);
          expect(coverage.gaps).toEqual([]);
          expect(itemCount).toBe(seqs.length);
        }
      });
    });
  });
}
