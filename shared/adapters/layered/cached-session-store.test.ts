import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { sessionKeyOf } from '../../domain/ids.ts';
import { AppError } from '../../kernel/app-error.ts';
import type { ErasureStore } from '../../ports/erasure-store.ts';
import type { SessionStore } from '../../ports/session-store.ts';
import { anAppend, anItem, aSession } from '../../testing/builders.ts';
import { SqliteHarness } from '../../testing/sqlite-harness.ts';
import { LruHeadCache } from '../in-process/head-cache.ts';
import { cachedStores } from './cached-session-store.ts';
import { uncachedErasure, uncachedReads } from './uncached.ts';

const session = aSession();
const key = sessionKeyOf(session);
const harness = new SqliteHarness();
afterAll(() => harness.dispose());

let base: Awaited<ReturnType<typeof harness.create>>;
let cache: LruHeadCache;
beforeEach(async () => {
  base = await harness.create();
  cache = new LruHeadCache({ maxSizeBytes: 1_048_576 });
});

const over = (store: Partial<SessionStore>, eraseSession?: ErasureStore['eraseSession']) => {
  const { store: durable, erasure } = base;
  return cachedStores({
    store: {
      loadHead: (one) => durable.loadHead(one),
      commit: (change) => durable.commit(change),
      ...uncachedReads(durable),
      ...store,
    },
    erasure: {
      ...uncachedErasure(erasure),
      eraseSession: eraseSession ?? ((one, limit) => erasure.eraseSession(one, limit)),
    },
    cache,
    epoch: () => 0,
  });
};

const lost = () => new AppError('internal', 'The answer was lost');

describe('cachedStores', () => {
  it('reads the store after a commit whose outcome nobody knows, whatever its error', async () => {
    let isLost = false;
    const { store } = over({
      async commit(change) {
        const result = await base.store.commit(change);
        if (isLost) throw lost();
        return result;
      },
    });
    const first = anAppend(session, [anItem(1)]);
    await store.commit(first);
    isLost = true;
    const second = anAppend(first.head, [anItem(2)]);
    await expect(store.commit(second)).rejects.toMatchObject({ code: 'internal' });
    expect(await store.loadHead(key)).toEqual(second.head);
  });

  it('does not keep what a slow reader read before a commit whose outcome nobody knows', async () => {
    const gate = Promise.withResolvers<void>();
    const hasRead = Promise.withResolvers<void>();
    let isFirst = true;
    const { store } = over({
      async loadHead(one) {
        const head = await base.store.loadHead(one);
        if (isFirst) {
          isFirst = false;
          hasRead.resolve();
          await gate.promise;
        }
        return head;
      },
      async commit(change) {
        await base.store.commit(change);
        throw lost();
      },
    });
    const first = anAppend(session, [anItem(1)]);
    await base.store.commit(first);
    const early = store.loadHead(key);
    await hasRead.promise;
    const second = anAppend(first.head, [anItem(2)]);
    await expect(store.commit(second)).rejects.toMatchObject({ code: 'internal' });
    gate.resolve();
    expect(await early).toEqual(first.head);
    expect(await store.loadHead(key)).toEqual(second.head);
  });

  it('shows a commit that was acknowledged while another session was erased', async () => {
    const { store, erasure } = over({
      async commit(change) {
        const result = await base.store.commit(change);
        await erasure.eraseSession(sessionKeyOf(aSession('another')), 10);
        return result;
      },
    });
    const first = anAppend(session, [anItem(1)]);
    await base.store.commit(first);
    await store.loadHead(key);
    const second = anAppend(first.head, [anItem(2)]);
    await store.commit(second);
    expect(await store.loadHead(key)).toEqual(second.head);
  });

  it('forgets an erased session, and counts what it forgot', async () => {
    const { store, erasure } = over({});
    await store.commit(anAppend(session, [anItem(1)]));
    expect(await erasure.eraseSession(key, 10)).toMatchObject({ isDone: true, cacheKeys: 1 });
    expect(await store.loadHead(key)).toBeUndefined();
  });

  it('forgets a session whose erasure took effect although its answer was lost', async () => {
    const { store, erasure } = over({}, async (one, limit) => {
      await base.erasure.eraseSession(one, limit);
      throw lost();
    });
    await store.commit(anAppend(session, [anItem(1)]));
    await expect(erasure.eraseSession(key, 10)).rejects.toMatchObject({ code: 'internal' });
    expect(await store.loadHead(key)).toBeUndefined();
  });
});
