import { DatabaseSync } from 'node:sqlite';
import { inspect } from 'node:util';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { sessionKeyOf } from '../../domain/ids.ts';
import { anAppend, anItem, aReplay, aSession } from '../../testing/builders.ts';
import { SqliteHarness } from '../../testing/sqlite-harness.ts';
import type { SqliteStores } from './open-sqlite.ts';

const harness = new SqliteHarness();
afterAll(() => harness.dispose());

const session = aSession();
const key = sessionKeyOf(session);

let stores: SqliteStores;
beforeEach(async () => {
  stores = await harness.create();
});

/** Looks at the file past the ports. */
function withFile<T>(look: (db: DatabaseSync) => T): T {
  const db = new DatabaseSync(harness.path);
  try {
    return look(db);
  } finally {
    db.close();
  }
}

describe('the epoch', () => {
  it('stays while nobody else commits', async () => {
    const before = stores.epoch();
    await stores.store.commit(anAppend(session, [anItem(1)]));
    await stores.store.loadHead(key);
    expect(stores.epoch()).toBe(before);
  });

  it('changes with every commit of another client', async () => {
    const peer = await harness.peer();
    const first = stores.epoch();
    await peer.store.commit(anAppend(session, [anItem(1)]));
    const second = stores.epoch();
    expect(second).not.toBe(first);
    await peer.erasure.eraseSession(key, 10);
    expect(stores.epoch()).not.toBe(second);
  });
});

describe('a file that others use', () => {
  it('is unavailable for writes while another holds the lock, and is read all the same', async () => {
    const first = anAppend(session, [anItem(1)]);
    await stores.store.commit(first);
    const impatient = await harness.impatientPeer();
    const other = new DatabaseSync(harness.path);
    other.exec('BEGIN IMMEDIATE');
    const second = anAppend(first.head, [anItem(2)]);
    await expect(impatient.store.commit(second)).rejects.toMatchObject({ code: 'unavailable' });
    expect(await impatient.store.loadHead(key)).toEqual(first.head);
    other.close();
    expect(await impatient.store.commit(second)).toEqual({ status: 'committed' });
  });

  it('is unavailable once it was closed', async () => {
    stores.close();
    stores.close();
    await expect(stores.store.loadHead(key)).rejects.toMatchObject({ code: 'unavailable' });
    expect(() => stores.epoch()).toThrow(expect.objectContaining({ code: 'unavailable' }));
  });
});

describe('bytes that are not what was written', () => {
  it.each([
    ['sessions', 'head', () => stores.store.loadHead(key)],
    ['items', 'body', () => stores.store.readSeqs(key, [1])],
  ])('in %s are a data loss, reported without the content', async (table, column, read) => {
    await stores.store.commit(anAppend(session, [anItem(1, { content: 'private words' })]));
    withFile((db) => db.exec(`UPDATE ${table} SET ${column} = substr(${column}, 2)`));
    const failure = await read().catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'data-loss' });
    expect(inspect(failure, { depth: 9, showHidden: true })).not.toContain('private');
  });
});

describe('expiry', () => {
  it('leaves an idempotency key in use up to its instant, and frees it after', async () => {
    const replays = [aReplay('k', { expiresAtMs: harness.now() + 10 })];
    const first = anAppend(session, [anItem(1)], { replays });
    await stores.store.commit(first);
    harness.clock.advance(10);
    const second = anAppend(first.head, [anItem(2)], { replays });
    expect(await stores.store.commit(second)).toMatchObject({ status: 'replayed' });
    harness.clock.advance(1);
    expect(await stores.store.commit(second)).toEqual({ status: 'committed' });
  });

  it('takes instants with fractions of a millisecond', async () => {
    const replays = [aReplay('k', { expiresAtMs: harness.now() + 0.5 })];
    const first = anAppend(session, [anItem(1)], { replays });
    await stores.store.commit(first);
    const again = anAppend(first.head, [anItem(2)], { replays });
    expect(await stores.store.commit(again)).toEqual({ status: 'replayed', records: replays });
  });

  it('removes expired keys as new ones come in, so that they do not pile up', async () => {
    let change = anAppend(session, [anItem(1)]);
    await stores.store.commit(change);
    for (let round = 0; round < 40; round++) {
      const expiresAtMs = harness.now() + 5;
      const replays = [0, 1, 2].map((one) => aReplay(`${round}.${one}`, { expiresAtMs }));
      change = anAppend(change.head, [anItem(round + 2)], { replays });
      await stores.store.commit(change);
      harness.clock.advance(1);
    }
    const left = withFile((db) => db.prepare('SELECT count(*) AS n FROM replays').get());
    expect(left).toEqual({ n: 18 });
  });
});
