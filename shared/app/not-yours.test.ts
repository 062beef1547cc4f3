import { expect, it } from 'vitest';
import { openSqlite } from '../adapters/sqlite/open-sqlite.ts';
import { DATABASE_FILE, type DurableStores } from '../components/embedded.ts';
import { type Clock, DAY_MS } from '../kernel/clock.ts';
import { memoryOfTest, USER } from '../testing/temporary-memory.ts';
import type { Memory } from './memory.ts';

/** Tells of every question to the durable store, and what it is about; `hold` keeps a commit up. */
function told(stores: DurableStores, asked: string[], hold?: () => Promise<void>): DurableStores {
  const { store } = stores;
  const noting = <T>(what: string, answer: T): T => {
    asked.push(what);
    return answer;
  };
  return {
    ...stores,
    store: {
      commit: async (change) => {
        noting('a commit', undefined);
        await hold?.();
        return store.commit(change);
      },
      readDue: (key, query) => store.readDue(key, query),
      loadHead: (key) => noting('a head', store.loadHead(key)),
      readLog: (key, query) => noting('a log', store.readLog(key, query)),
      readSeqs: (key, seqs) => noting('items', store.readSeqs(key, seqs)),
      readSummaries: (key, query) => noting('summaries', store.readSummaries(key, query)),
    },
  };
}

const telling = (asked: string[], hold?: () => Promise<void>) => (clock: Clock, dataDir: string) =>
  told(openSqlite({ path: `${dataDir}/${DATABASE_FILE}`, clock }), asked, hold);

const page = { expand: true, limit: 5, owner: 'mallory' };
const readers: Readonly<Record<string, (memory: Memory, id: string) => Promise<unknown>>> = {
  'an item': (memory, id) => memory.readItem(`${id}-1`, 'mallory'),
  'a change': (memory, id) => memory.patchItem(`${id}-1`, { pinned: true }, 'mallory'),
  'a deletion': (memory, id) => memory.deleteItem(`${id}-1`, 'mallory'),
  'a summary': (memory, id) => memory.readSummary(`${id}-s1`, page),
};

it.each(Object.entries(readers))(
  "asks the store the same for another's and for nothing: %s",
  async (_name, read) => {
    const asked: string[] = [];
    const temp = await memoryOfTest({
      openStores: telling(asked),
    });
    const [id = ''] = await temp.append('s', 'of somebody else');
    const questions = async (key: string) => {
      await temp.system.cache.clear();
      asked.length = 0;
      await expect(read(temp.system.memory, key)).rejects.toMatchObject({ code: 'not-found' });
      return [...asked];
    };
    const another = await questions(id.slice(0, 26));
    expect(another).toEqual(['a head']);
    expect(await questions('a'.repeat(26))).toEqual(another);
  },
);

it.each(Object.entries(readers))(
  'deletes nothing for a stranger, though it expired: %s',
  async (_name, read) => {
    const asked: string[] = [];
    const temp = await memoryOfTest({ openStores: telling(asked) });
    const owned = { userId: USER, sessionId: 's', retentionDays: 30 };
    const items = [{ content: 'of somebody else', contentType: 'user_message' }];
    const command = { ...owned, items, startedAtMs: temp.clock.now(), isEvent: false };
    const [item] = (await temp.system.memory.append(command)).items;
    temp.clock.advance(31 * DAY_MS);
    asked.length = 0;
    const id = item?.id.slice(0, 26) ?? '';
    await expect(read(temp.system.memory, id)).rejects.toMatchObject({ code: 'not-found' });
    expect(asked).not.toContain('a commit');
    await temp.system.memory.history({ ...owned, order: 'asc', limit: 1 });
    expect(asked).toContain('a commit');
  },
);

it.each(['a change', 'a deletion'])(
  'does not let a stranger wait for the writers of a session: %s',
  async (name) => {
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    let isHeld = false;
    const hold = async () => (isHeld ? held : undefined);
    const temp = await memoryOfTest({ openStores: telling([], hold) });
    const [id = ''] = await temp.append('s', 'of somebody else');
    isHeld = true;
    const writing = temp.append('s', 'goes on');
    const refused = readers[name]?.(temp.system.memory, id.slice(0, 26));
    await expect(refused).rejects.toMatchObject({ code: 'not-found' });
    release();
    await writing;
  },
);
