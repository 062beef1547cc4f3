import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { sessionKeyOf } from '../../domain/ids.ts';
import { AppError } from '../../kernel/app-error.ts';
import type { ErasureStore } from '../../ports/erasure-store.ts';
import type { SessionStore } from '../../ports/session-store.ts';
import {
  aChange,
  aHead,
  anAppend,
  anItem,
  aReplay,
  aSession,
  nextHead,
} from '../../testing/builders.ts';
import { FaultyHeadCache } from '../../testing/faulty-head-cache.ts';
import { SqliteHarness } from '../../testing/sqlite-harness.ts';
import { LruHeadCache } from '../in-process/head-cache.ts';
import { LruSharedHeadCache } from '../in-process/shared-head-cache.ts';
import { sharedCachedStores } from './shared-session-store.ts';
import { uncachedErasure } from './uncached.ts';

const MIB = 1_048_576;
const HOT_STALE_MAX_MS = 5_000;
const session = aSession();
const key = sessionKeyOf(session);
const harness = new SqliteHarness();
afterAll(() => harness.dispose());

let nowMs = 0;
let shared: LruSharedHeadCache;
let base: Awaited<ReturnType<typeof harness.create>>;

beforeEach(async () => {
  nowMs = 1_000_000;
  base = await harness.create();
  shared = new LruSharedHeadCache({ maxSizeBytes: MIB, clock: { now: () => nowMs } });
});

/** One instance: its own memory and connections over what all of them share. */
function instance({
  store = base.store,
  erasure = base.erasure,
}: {
  readonly store?: SessionStore;
  readonly erasure?: ErasureStore;
} = {}) {
  const connection = new FaultyHeadCache(shared);
  const local = new LruHeadCache({ maxSizeBytes: MIB });
  let reads = 0;
  const counted: SessionStore = {
    ...bound(store),
    loadHead: (one) => {
      reads++;
      return store.loadHead(one);
    },
  };
  const stores = sharedCachedStores({
    store: counted,
    erasure,
    local,
    shared: connection,
    hotStaleMaxMs: HOT_STALE_MAX_MS,
    perf: { now: () => nowMs },
    wait: async (ms) => {
      nowMs += ms;
    },
  });
  const versionSeen = async () => (await stores.store.loadHead(key))?.version;
  return {
    ...stores,
    connection,
    local,
    versionSeen,
    /** Appends one item in the usual two steps; the version that it made. */
    async append(): Promise<number> {
      const head = await stores.store.loadHead(key, 'commit');
      const change = anAppend(head ?? session, [anItem((head?.lastSeq ?? 0) + 1)]);
      await stores.store.commit(change);
      return change.head.version;
    },
    /** Commits a change that takes an item away for good; the version that it made. */
    async remove(): Promise<number> {
      const head = await stores.store.loadHead(key);
      if (!head) throw new TypeError('append first');
      const next = nextHead(head);
      await stores.store.commit(aChange(head, next, { isRemoval: true }));
      return next.version;
    },
    /** Round trips and durable head reads of one call. */
    async costOf(call: () => Promise<unknown>) {
      const before = { roundTrips: connection.roundTrips, reads };
      await call();
      return {
        roundTrips: connection.roundTrips - before.roundTrips,
        reads: reads - before.reads,
      };
    },
  };
}

const bound = (store: SessionStore): SessionStore => ({
  loadHead: (one) => store.loadHead(one),
  commit: (change) => store.commit(change),
  readLog: (one, query) => store.readLog(one, query),
  readSeqs: (one, seqs) => store.readSeqs(one, seqs),
  readDue: (one, query) => store.readDue(one, query),
  readSummaries: (one, query) => store.readSummaries(one, query),
});

describe('sharedCachedStores', () => {
  it('answers a hot read with one round trip and no durable read, at its writer and elsewhere', async () => {
    const [writer, other] = [instance(), instance()];
    await writer.append();
    expect(await writer.costOf(writer.versionSeen)).toEqual({ roundTrips: 1, reads: 0 });
    expect(await other.costOf(other.versionSeen)).toEqual({ roundTrips: 1, reads: 0 });
    expect(await other.costOf(other.versionSeen)).toEqual({ roundTrips: 1, reads: 0 });
  });

  it('appends to a known session with one round trip and no durable read', async () => {
    const one = instance();
    await one.append();
    expect(await one.costOf(one.append)).toEqual({ roundTrips: 1, reads: 0 });
  });

  it('shows every acknowledged append to a read that starts after it, elsewhere too', async () => {
    const [first, second] = [instance(), instance()];
    for (const [writer, reader] of [
      [first, second],
      [second, first],
      [first, second],
    ] as const) {
      const version = await writer.append();
      expect(await reader.versionSeen()).toBe(version);
      expect(await writer.versionSeen()).toBe(version);
    }
  });

  it('reads the store once more when everything shared is lost, and is hot again then', async () => {
    const [writer, other] = [instance(), instance()];
    const version = await writer.append();
    shared.clear();
    expect(await other.costOf(other.versionSeen)).toEqual({ roundTrips: 2, reads: 1 });
    expect(await writer.versionSeen()).toBe(version);
    expect(await writer.costOf(writer.versionSeen)).toEqual({ roundTrips: 1, reads: 0 });
  });

  it('asks the store again about a head that nobody confirmed within hotStaleMaxMs', async () => {
    const one = instance();
    await one.append();
    nowMs += HOT_STALE_MAX_MS;
    expect(await one.costOf(one.versionSeen)).toEqual({ roundTrips: 1, reads: 0 });
    nowMs += 1;
    expect(await one.costOf(one.versionSeen)).toEqual({ roundTrips: 2, reads: 1 });
    expect(await one.costOf(one.versionSeen)).toEqual({ roundTrips: 1, reads: 0 });
  });

  it('shows an append of an instance without the cache within hotStaleMaxMs, and at once to itself', async () => {
    const [cutOff, other] = [instance(), instance()];
    const before = await cutOff.append();
    expect(await other.versionSeen()).toBe(before);
    cutOff.connection.isDown = true;
    const version = await cutOff.append();
    expect(await cutOff.versionSeen()).toBe(version);
    expect(await other.versionSeen()).toBe(before);
    nowMs += HOT_STALE_MAX_MS + 1;
    expect(await other.versionSeen()).toBe(version);
  });

  it('takes back what others may still find, with its first question after an outage', async () => {
    const [cutOff, other] = [instance(), instance()];
    await cutOff.append();
    cutOff.connection.isDown = true;
    const version = await cutOff.append();
    cutOff.connection.isDown = false;
    await cutOff.store.loadHead(sessionKeyOf(aSession('another')));
    expect(await other.versionSeen()).toBe(version);
  });

  it('does not believe after an outage that it saw what was put before it', async () => {
    const [cutOff, other] = [instance(), instance()];
    await cutOff.append();
    await other.versionSeen();
    cutOff.connection.isDown = true;
    other.connection.isDown = true;
    const version = await cutOff.append();
    nowMs += 10;
    await other.store.loadHead(sessionKeyOf(aSession('another')));
    other.connection.isDown = false;
    nowMs += 1_500;
    expect(await other.versionSeen()).toBe(version);
  });

  it('reads the store for a second after an outage: others may not be back yet', async () => {
    const [late, other] = [instance(), instance()];
    late.connection.isDown = true;
    other.connection.isDown = true;
    await late.append();
    await other.versionSeen();
    shared.clear();
    other.connection.isDown = false;
    await other.versionSeen();
    const version = await late.append();
    nowMs += 999;
    expect(await other.versionSeen()).toBe(version);
    nowMs += 2;
    await other.versionSeen();
    expect(await other.costOf(other.versionSeen)).toEqual({ roundTrips: 1, reads: 0 });
  });

  it('counts the age of a head from when its durable read began', async () => {
    const slow = slowStore();
    const [reader, writer, other] = [instance({ store: slow.store }), instance(), instance()];
    await writer.append();
    shared.clear();
    const early = reader.versionSeen();
    await slow.hasRead;
    nowMs += 4_000;
    slow.goOn();
    await early;
    nowMs += 1_001;
    expect(await other.costOf(other.versionSeen)).toMatchObject({ reads: 1 });
  });

  it('does not fail a write, nor a read, without the cache', async () => {
    const one = instance();
    one.connection.isDown = true;
    const first = await one.append();
    expect(await one.versionSeen()).toBe(first);
    const second = await one.append();
    expect(await one.versionSeen()).toBe(second);
  });

  it('loads once for a hundred readers of one missing head', async () => {
    const one = instance();
    await one.append();
    shared.clear();
    const readers = Array.from({ length: 100 }, () => one.versionSeen);
    const cost = await one.costOf(() => Promise.all(readers.map((read) => read())));
    expect(cost.reads).toBe(1);
  });

  it('does not let a reader wait for a durable read that began before another commit', async () => {
    const slow = slowStore();
    const [reader, writer] = [instance({ store: slow.store }), instance()];
    await writer.append();
    shared.clear();
    const early = reader.versionSeen();
    await slow.hasRead;
    const version = await writer.append();
    const late = reader.versionSeen();
    slow.goOn();
    expect(await early).toBeLessThan(version);
    expect(await late).toBe(version);
  });

  it('does not let a slow reader bring back an old head after a flush', async () => {
    const slow = slowStore();
    const [reader, writer, other] = [instance({ store: slow.store }), instance(), instance()];
    await writer.append();
    shared.clear();
    const early = reader.versionSeen();
    await slow.hasRead;
    const version = await writer.append();
    shared.clear();
    slow.goOn();
    await early;
    expect(await other.versionSeen()).toBe(version);
  });

  it('reads the store after a commit lost the race, although the cache holds the old head', async () => {
    const [cutOff, other] = [instance(), instance()];
    await cutOff.append();
    await other.versionSeen();
    cutOff.connection.isDown = true;
    const version = await cutOff.append();
    await expect(other.append()).rejects.toMatchObject({ code: 'aborted' });
    expect(await other.versionSeen()).toBe(version);
    expect(await other.append()).toBeGreaterThan(version);
  });

  it('reads the store after a replay: who wrote it may not have lived to tell the cache', async () => {
    const [first, second] = [instance(), instance()];
    await first.append();
    await second.versionSeen();
    const head = await base.store.loadHead(key);
    if (!head) throw new TypeError('just appended');
    const replay = aReplay('k1', { expiresAtMs: harness.now() + 60_000 });
    const change = anAppend(head, [anItem(2)], { replays: [replay] });
    await base.store.commit(change);
    expect(await second.store.commit(change)).toMatchObject({ status: 'replayed' });
    expect(await first.versionSeen()).toBe(change.head.version);
  });

  it('reads the store after a commit whose outcome nobody knows', async () => {
    const [first, second] = [instance(), instance({ store: lossy() })];
    const before = await first.append();
    await expect(second.append()).rejects.toMatchObject({ code: 'unavailable' });
    expect(await first.versionSeen()).toBeGreaterThan(before);
  });

  it('forgets an erased session everywhere before it says that it is erased', async () => {
    const [first, second] = [instance(), instance()];
    await first.append();
    await second.versionSeen();
    expect(await first.erasure.eraseSession(key, 100)).toMatchObject({ cacheKeys: 2 });
    expect(await second.versionSeen()).toBeUndefined();
    expect(second.local.stats().keys).toBe(0);
    expect((await shared.stats()).keys).toBe(0);
  });

  it('erases although the cache misses a moment', async () => {
    const one = instance();
    await one.append();
    const backAtMs = nowMs + 700;
    Object.defineProperty(one.connection, 'isDown', { get: () => nowMs < backAtMs });
    expect(await one.erasure.eraseSession(key, 10)).toMatchObject({ isDone: true, items: 1 });
    expect(await one.versionSeen()).toBeUndefined();
  });

  it('erases nothing while copies are out of reach', async () => {
    const one = instance();
    const version = await one.append();
    one.connection.isDown = true;
    await expect(one.erasure.eraseSession(key, 100)).rejects.toMatchObject({ code: 'unavailable' });
    expect(await one.versionSeen()).toBe(version);
  });

  it('does not take back what a slow reader read before an erasure', async () => {
    const slow = slowStore();
    const [reader, eraser, other] = [instance({ store: slow.store }), instance(), instance()];
    await eraser.append();
    shared.clear();
    const early = reader.versionSeen();
    await slow.hasRead;
    await eraser.erasure.eraseSession(key, 100);
    slow.goOn();
    await early;
    expect((await shared.stats()).keys).toBe(0);
    expect(await other.versionSeen()).toBeUndefined();
  });

  it('shows a deletion everywhere by the time it is acknowledged, also without the cache', async () => {
    const [cutOff, other] = [instance(), instance()];
    await cutOff.append();
    await other.versionSeen();
    cutOff.connection.isDown = true;
    const version = await cutOff.remove();
    expect(await other.versionSeen()).toBe(version);
  });

  it('shows a deletion whose answer was lost by the time that is said, also without the cache', async () => {
    const { connection, remove } = instance({ store: lossy() });
    const other = instance();
    const before = await other.append();
    connection.isDown = true;
    await expect(remove()).rejects.toMatchObject({ code: 'unavailable' });
    expect(await other.versionSeen()).toBeGreaterThan(before);
  });

  it('does not make a deletion wait that others can see at once, nor one that was refused', async () => {
    const [writer, other] = [instance(), instance()];
    await writer.append();
    const startedAtMs = nowMs;
    const version = await writer.remove();
    expect(await other.versionSeen()).toBe(version);
    const stale = aChange(undefined, nextHead(aHead(session)), { isRemoval: true });
    writer.connection.isDown = true;
    await expect(writer.store.commit(stale)).rejects.toMatchObject({ code: 'aborted' });
    expect(nowMs).toBe(startedAtMs);
  });

  it('takes back what came into the cache while a session was erased', async () => {
    const [reader, other] = [instance(), instance()];
    const meanwhile = async () => {
      // The block is lost, and a reader of this moment keeps what it read.
      shared.clear();
      await reader.versionSeen();
    };
    const eraser = instance({ erasure: erasing({ before: meanwhile }) });
    await eraser.append();
    await eraser.erasure.eraseSession(key, 100);
    expect(await other.versionSeen()).toBeUndefined();
    expect((await shared.stats()).keys).toBe(0);
  });

  describe('when the cache goes while a session is erased', () => {
    /** Erases; meanwhile the block is lost, an old head comes back, and the eraser is cut off. */
    const eraseCutOff = async () => {
      const reader = instance();
      const before = async () => {
        shared.clear();
        await reader.versionSeen();
        eraser.connection.isDown = true;
      };
      const eraser = instance({ erasure: erasing({ before }) });
      await eraser.append();
      await eraser.erasure.eraseSession(key, 100);
      expect((await shared.stats()).keys).toBe(1);
      return eraser;
    };

    it('says that it is done when nobody believes any more what it could not take back', async () => {
      await eraseCutOff();
      expect(await instance().versionSeen()).toBeUndefined();
    });

    it('takes it back as soon as it can', async () => {
      const eraser = await eraseCutOff();
      eraser.connection.isDown = false;
      await eraser.store.loadHead(sessionKeyOf(aSession('another')));
      expect((await shared.stats()).keys).toBe(0);
    });
  });

  it('forgets a session whose erasure took effect although its answer was lost', async () => {
    const [reader, other] = [instance(), instance()];
    const meanwhile = async () => {
      shared.clear();
      await reader.versionSeen();
    };
    const after = () => Promise.reject(new AppError('unavailable', 'The answer was lost'));
    const eraser = instance({ erasure: erasing({ before: meanwhile, after }) });
    await eraser.append();
    const step = eraser.erasure.eraseSession(key, 100);
    await expect(step).rejects.toMatchObject({ code: 'unavailable' });
    expect((await shared.stats()).keys).toBe(0);
    expect(await other.versionSeen()).toBeUndefined();
  });

  it('still owes others a head after an erasure that was refused', async () => {
    const [cutOff, other] = [instance(), instance()];
    await cutOff.append();
    await other.versionSeen();
    cutOff.connection.isDown = true;
    const version = await cutOff.append();
    const refused = cutOff.erasure.eraseSession(key, 100);
    await expect(refused).rejects.toMatchObject({ code: 'unavailable' });
    cutOff.connection.isDown = false;
    await cutOff.store.loadHead(sessionKeyOf(aSession('another')));
    expect(await other.versionSeen()).toBe(version);
  });

  it('forgets what the cache still holds of a session that is gone', async () => {
    const one = instance();
    await one.append();
    await base.erasure.eraseSession(key, 100);
    nowMs += HOT_STALE_MAX_MS + 1;
    expect(await one.versionSeen()).toBeUndefined();
    expect((await shared.stats()).keys).toBe(0);
  });

  it('keeps the order of versions when a commit is told late', async () => {
    const [first, second] = [instance(), instance()];
    await first.append();
    const head = await second.store.loadHead(key);
    if (!head) throw new TypeError('just appended');
    const next = nextHead(head);
    await second.store.commit(aChange(head, next));
    await shared.put(head, { ageMs: 0 });
    expect(await first.versionSeen()).toBe(next.version);
  });
});

/** A store whose commits take effect and are not answered. */
const lossy = (): SessionStore => ({
  ...bound(base.store),
  async commit(change) {
    await base.store.commit(change);
    throw new AppError('unavailable', 'The answer was lost');
  },
});

/** An erasure with something that happens before and after each of its durable steps. */
function erasing(also: {
  readonly before: () => Promise<void>;
  readonly after?: () => Promise<void>;
}): ErasureStore {
  const { erasure } = base;
  return {
    ...uncachedErasure(erasure),
    async eraseSession(one, limit) {
      await also.before();
      const step = await erasure.eraseSession(one, limit);
      await also.after?.();
      return step;
    },
  };
}

/** A store whose first head read waits, after it read, until it is told to go on. */
function slowStore() {
  let goOn = () => {};
  const gate = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  let tell = () => {};
  const hasRead = new Promise<void>((resolve) => {
    tell = resolve;
  });
  let isFirst = true;
  const store: SessionStore = {
    ...bound(base.store),
    async loadHead(one) {
      const head = await base.store.loadHead(one);
      if (!isFirst) return head;
      isFirst = false;
      tell();
      await gate;
      return head;
    },
  };
  return { store, hasRead, goOn: () => goOn() };
}
