import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Embedded } from '../../shared/components/embedded.ts';
import { ratio, timeEach } from './measure.ts';
import { draft, USER, withWorkspace } from './workspace.ts';

const BATCH = 50;
const SINGLE_COMMITS = 3_000;
const BATCH_COMMITS = 600;
/** Commits to one session before the next one starts: heads of all sizes take part. */
const COMMITS_PER_SESSION = 100;

/** Appends a second, one item and fifty to a commit, beside `node:sqlite` doing the writes alone. */
export async function append() {
  return withWorkspace(async (system, dataDir) => {
    const single = await timeEach(SINGLE_COMMITS, (index) => appendItems(system, index, 1));
    const batches = await timeEach(BATCH_COMMITS, (index) => appendItems(system, index, BATCH));
    await check(system);
    const raw = rawSqlite(join(dataDir, 'raw.db'));
    const rawSingle = await timeEach(SINGLE_COMMITS, (index) => raw(index, 1));
    const rawBatches = await timeEach(BATCH_COMMITS, (index) => raw(index, BATCH));
    return {
      'single items/s': single.perSecond,
      'single p99 ms': single.p99Ms,
      'batches of 50, items/s': batches.perSecond * BATCH,
      'batches of 50, p99 ms': batches.p99Ms,
      'raw node:sqlite single items/s': rawSingle.perSecond,
      'raw node:sqlite batches of 50, items/s': rawBatches.perSecond * BATCH,
      'single over raw': ratio(single.perSecond, rawSingle.perSecond),
      'batches over raw': ratio(batches.perSecond, rawBatches.perSecond),
    };
  });
}

const sessionOf = (index: number, size: number) =>
  `${size}-${Math.floor(index / COMMITS_PER_SESSION)}`;

const appendItems = ({ memory }: Embedded, index: number, size: number) =>
  memory.append({
    userId: USER,
    sessionId: sessionOf(index, size),
    items: Array.from({ length: size }, (_, place) => draft(index * size + place)),
    startedAtMs: Date.now(),
    isEvent: false,
  });

async function check({ memory }: Embedded): Promise<void> {
  const session = { userId: USER, sessionId: sessionOf(0, BATCH) };
  const { lastSeq, gaps } = await memory.coverage(session);
  // The warm-up fills the first sessions twice.
  if (lastSeq < BATCH * COMMITS_PER_SESSION || gaps.length > 0) {
    throw new Error('Not every appended item is there');
  }
}

/** The least that durable appends cost: the same rows in one table, with the same pragmas. */
function rawSqlite(path: string): (index: number, size: number) => Promise<void> {
  const db = new DatabaseSync(path);
  db.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    CREATE TABLE items (session TEXT, seq INTEGER, body TEXT, PRIMARY KEY (session, seq)) WITHOUT ROWID;
  `);
  const insert = db.prepare('INSERT OR REPLACE INTO items VALUES (?, ?, ?)');
  return async (index, size) => {
    db.exec('BEGIN IMMEDIATE');
    for (let place = 0; place < size; place++) {
      const seq = index * size + place;
      insert.run(sessionOf(index, size), seq, JSON.stringify(draft(seq)));
    }
    db.exec('COMMIT');
  };
}
