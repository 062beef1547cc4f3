import { expect, it } from 'vitest';
import { openSqlite } from '../../shared/adapters/sqlite/open-sqlite.ts';
import { aMigration, anAppend, aSession, someItems } from '../../shared/testing/builders.ts';
import { ManualClock } from '../../shared/testing/manual-clock.ts';
import { countingStore, ReadCounter } from './counting-store.ts';

it('counts a head, an item and a segment as one document each, and keeps the blocks', async () => {
  const stores = openSqlite({ path: ':memory:', clock: new ManualClock() });
  const counter = new ReadCounter();
  const store = countingStore(stores.store, counter);
  const append = anAppend(aSession(), someItems(1, 5));
  await store.commit(append);
  const { sessionKey } = append;
  const all = { fromSeq: 1, order: 'asc', limit: 100 } as const;
  expect(await counter.during(() => store.loadHead(sessionKey))).toBe(1);
  expect(await counter.during(() => store.readLog(sessionKey, all))).toBe(5);
  await store.commit(aMigration(append.head, someItems(1, 3)));
  expect(await counter.during(() => store.readLog(sessionKey, all))).toBe(3);
  expect(counter.documents).toBe(9);
  expect(counter.blocks).toHaveLength(1);
  stores.close();
});
