import { expect, it } from 'vitest';
import { openSqlite } from '../adapters/sqlite/open-sqlite.ts';
import { DATABASE_FILE, type DurableStores } from '../components/embedded.ts';
import { memoryOfTest } from '../testing/temporary-memory.ts';
import type { Memory } from './memory.ts';

/** Tells of every question to the durable store, and what it is about. */
function told(stores: DurableStores, asked: string[]): DurableStores {
  const { store } = stores;
  const noting = <T>(what: string, answer: T): T => {
    asked.push(what);
    return answer;
  };
  return {
    ...stores,
    store: {
      commit: (change) => store.commit(change),
      readDue: (key, query) => store.readDue(key, query),
      loadHead: (key) => noting('a head', store.loadHead(key)),
      readLog: (key, query) => noting('a log', store.readLog(key, query)),
      readSeqs: (key, seqs) => noting('items', store.readSeqs(key, seqs)),
      readSummaries: (key, query) => noting('summaries', store.readSummaries(key, query)),
    },
  };
}

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
      openStores: (clock, dataDir) =>
        told(openSqlite({ path: `${dataDir}/${DATABASE_FILE}`, clock }), asked),
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
