import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { describeDeadLetters } from '../ports/dead-letters.contract.ts';
import { describeErasureStore } from '../ports/erasure-store.contract.ts';
import { describeSessionIndex } from '../ports/session-index.contract.ts';
import { describeSessionStore } from '../ports/session-store.contract.ts';
import { SqliteHarness } from '../testing/sqlite-harness.ts';
import { deferredStores } from './deferred-stores.ts';

const ONE_SHARD = { shards: 1 };
const sqlite = new SqliteHarness();
afterAll(() => sqlite.dispose());

const harness = {
  create: async () => {
    const stores = await sqlite.create();
    return deferredStores(async () => stores, ONE_SHARD);
  },
  peer: async () => deferredStores(() => sqlite.peer(), ONE_SHARD),
  now: () => sqlite.now(),
  elapse: (ms: number) => sqlite.elapse(ms),
  runs: 20,
};
describeSessionStore('A deferred store', harness);
describeSessionIndex('A deferred index', harness);
describeErasureStore('A deferred erasure store', harness);
describeDeadLetters('A deferred list of dead letters', {
  ...harness,
  create: async () => (await harness.create()).deadLetters,
});

it('opens nothing before the first call, and once for all calls', async () => {
  let opened = 0;
  const stores = deferredStores(async () => {
    opened++;
    return sqlite.create();
  }, ONE_SHARD);
  expect(stores.epoch()).not.toBe(stores.epoch());
  expect(opened).toBe(0);
  await Promise.all([stores.index.totals(), stores.deadLetters.list(1)]);
  expect(opened).toBe(1);
});

it('tries again after it could not be opened', async () => {
  let attempts = 0;
  const { index } = deferredStores(async () => {
    attempts++;
    if (attempts === 1) throw new Error('not now');
    return sqlite.create();
  }, ONE_SHARD);
  await expect(index.totals()).rejects.toThrow('not now');
  expect(await index.countDue('tier', 0)).toBe(0);
});

it('closes what was opened, and opens nothing to close it', async () => {
  let opened = 0;
  let closed = 0;
  const stores = deferredStores(async () => {
    opened++;
    return { ...(await sqlite.create()), epoch: () => 1, close: () => closed++ };
  }, ONE_SHARD);
  stores.close();
  await turn();
  expect(opened).toBe(0);
  await stores.index.totals();
  stores.close();
  await turn();
  expect(closed).toBe(1);
});
