import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SessionChange } from '../../domain/change.ts';
import type { SessionHead } from '../../domain/head.ts';
import { sessionKeyOf } from '../../domain/ids.ts';
import { AppError } from '../../kernel/app-error.ts';
import type { ErasureStore } from '../../ports/erasure-store.ts';
import type { SessionStore } from '../../ports/session-store.ts';
import type { SharedHeadCache } from '../../ports/shared-head-cache.ts';
import { aChange, aHead, aSession, nextHead } from '../../testing/builders.ts';
import { LruHeadCache } from '../in-process/head-cache.ts';
import { LruSharedHeadCache } from '../in-process/shared-head-cache.ts';
import { sharedCachedStores } from './shared-session-store.ts';

const RUNS = 200;
const MIB = 1_048_576;
const session = aSession();
const key = sessionKeyOf(session);

const action = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('append' as const), at: fc.nat(2) }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('read' as const), at: fc.nat(2) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('flush' as const), at: fc.constant(0) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('erase' as const), at: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('age' as const), at: fc.constant(0) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('lost' as const), at: fc.nat(2) }) },
);

/** Three instances whose every step, on its way there and back, waits for the scheduler. */
function newWorld(scheduler: fc.Scheduler) {
  let nowMs = 1_000_000;
  let versions = 0;
  let head: SessionHead | undefined;
  /** The newest version that was acknowledged; what was erased has none. */
  let acknowledged = 0;
  let erasures = 0;
  const perf = { now: () => nowMs };
  const cache = new LruSharedHeadCache({ maxSizeBytes: MIB, clock: perf });
  const step = async <T>(name: string, run: () => T | Promise<T>): Promise<T> => {
    await scheduler.schedule(Promise.resolve(), `${name} →`);
    const result = await run();
    await scheduler.schedule(Promise.resolve(), `${name} ←`);
    return result;
  };
  const durable = {
    loadHead: () => step('durable read', () => head),
    commit: (change: SessionChange) =>
      step('commit', () => {
        if (head?.version !== change.expectedVersion) throw new AppError('aborted', 'Too late');
        head = change.head;
        return { status: 'committed' } as const;
      }),
  } as unknown as SessionStore; // Nothing else is called.
  const erasure = {
    eraseSession: () =>
      step('erase', () => {
        head = undefined;
        acknowledged = 0;
        erasures++;
        return { isDone: true, items: 0, segments: 0, summaries: 0 };
      }),
  } as unknown as ErasureStore; // Nothing else is called.
  const shared: SharedHeadCache = {
    read: (question) => step('ask', () => cache.read(question)),
    put: (one, proof) => step(`put ${one.version}`, () => cache.put(one, proof)),
    outdate: (one, below) => step(`outdate ${below}`, () => cache.outdate(one, below)),
    drop: (one) => step('drop', () => cache.drop(one)),
    stats: () => cache.stats(),
  };
  const instances = [0, 1, 2].map(() => {
    const local = new LruHeadCache({ maxSizeBytes: MIB });
    const given = { store: durable, erasure, local, shared, hotStaleMaxMs: 5_000, perf };
    return sharedCachedStores(given);
  });
  const at = (index: number) => {
    const instance = instances[index];
    if (!instance) throw new TypeError(`no instance ${index}`);
    return instance;
  };
  const actions = {
    async append(index: number) {
      const { store } = at(index);
      const before = await store.loadHead(key, 'commit');
      const version = ++versions;
      // Versions grow with time for all, as those of heads do.
      const next = { ...nextHead(before ?? aHead(session)), version: version + 1_000 };
      const erasuresBefore = erasures;
      try {
        await store.commit(aChange(before, next));
      } catch (thrown) {
        if (AppError.from(thrown).code !== 'aborted') throw thrown;
        return;
      }
      if (erasures === erasuresBefore) acknowledged = Math.max(acknowledged, next.version);
    },
    async read(index: number) {
      const [expected, erasuresBefore] = [acknowledged, erasures];
      const seen = (await at(index).store.loadHead(key))?.version ?? 0;
      if (erasures === erasuresBefore) expect(seen).toBeGreaterThanOrEqual(expected);
    },
    async flush() {
      cache.clear();
    },
    async erase(index: number) {
      await at(index).erasure.eraseSession(key, 100);
    },
    /** Longer than a ticket and a block last, and than a head is believed. */
    async age() {
      nowMs += 11_000;
    },
    /** A commit whose outcome its writer does not learn. */
    async lost(index: number) {
      const { store } = at(index);
      const before = await store.loadHead(key);
      if (before && head?.version === before.version) {
        head = { ...nextHead(before), version: ++versions + 1_000 };
        await store.commit(aChange(before, { ...head })).catch(() => undefined);
      }
    },
  };
  return { actions };
}

describe('sharedCachedStores under any order of steps', () => {
  it('shows what was acknowledged before a read began, whatever is lost in between', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.tuple(action, fc.nat(6)), { minLength: 2, maxLength: 14 }),
        async (scheduler, list) => {
          const { actions } = newWorld(scheduler);
          const running: Promise<void>[] = [];
          for (const [{ kind, at }, waits] of list) {
            running.push(actions[kind](at));
            // Lets some of what is under way go on before the next begins.
            for (let left = waits; left > 0 && scheduler.count() > 0; left--) {
              await scheduler.waitOne();
            }
          }
          await scheduler.waitIdle();
          await Promise.all(running);
          const last = actions.read(0);
          await scheduler.waitIdle();
          await last;
        },
      ),
      { numRuns: RUNS },
    );
  }, 60_000);
});
