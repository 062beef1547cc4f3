import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SEGMENT_MAX_ITEMS } from '../../shared/domain/migration.ts';
import { DAY_MS, systemClock } from '../../shared/kernel/clock.ts';
import { deadlineAfter } from '../../shared/kernel/deadline.ts';
import { ratio } from './measure.ts';
import { draft, fill, USER, withWorkspace } from './workspace.ts';

const ITEMS = 100_000;
const SESSIONS = 20;
const MIB = 1_024 * 1_024;

/** 100,000 items from hot to cold: how fast and in how much memory. */
export async function migration() {
  return withWorkspace(async (system, dataDir) => {
    const createdAtMs = Date.now() - 60 * DAY_MS;
    for (let index = 0; index < SESSIONS; index++) {
      await fill(system, `session-${index}`, ITEMS / SESSIONS, createdAtMs);
    }
    globalThis.gc?.();
    const beforeBytes = process.memoryUsage.rss();
    let peakBytes = beforeBytes;
    const watch = setInterval(() => {
      peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
    }, 5);
    const startMs = performance.now();
    const deadline = deadlineAfter(600_000, systemClock);
    const report = await system.memory.migrateTiers({ dryRun: false, deadline });
    const seconds = (performance.now() - startMs) / 1_000;
    clearInterval(watch);
    peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
    if (report.warmToCold !== ITEMS || report.remaining !== 0) {
      throw new Error(`Only ${report.warmToCold} of ${ITEMS} items became cold`);
    }
    for (let index = 0; index < SESSIONS; index++) {
      const session = { userId: USER, sessionId: `session-${index}` };
      const { ranges, gaps } = await system.memory.coverage(session);
      if (gaps.length > 0 || ranges.some(({ tier }) => tier !== 'cold')) {
        throw new Error('An item is not where it should be');
      }
    }
    const perSecond = Math.round(ITEMS / seconds);
    const floorPerSecond = rawSqlite(join(dataDir, 'raw.db'));
    return {
      items: ITEMS,
      'items/s': perSecond,
      'raw node:sqlite items/s': floorPerSecond,
      'migration over raw': ratio(perSecond, floorPerSecond),
      'RSS growth MiB': Math.round((peakBytes - beforeBytes) / MIB),
      segments: report.segmentsWritten,
    };
  });
}

/** The least that it costs: read 200 rows, write one block, delete the rows; nothing is compressed. */
function rawSqlite(path: string): number {
  const db = new DatabaseSync(path);
  db.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA secure_delete = ON;
    CREATE TABLE items (seq INTEGER PRIMARY KEY, body TEXT);
    CREATE TABLE segments (seq INTEGER PRIMARY KEY, bytes BLOB);
    BEGIN;
  `);
  const insert = db.prepare('INSERT INTO items VALUES (?, ?)');
  for (let seq = 0; seq < ITEMS; seq++) insert.run(seq, JSON.stringify(draft(seq)));
  db.exec('COMMIT');
  const read = db.prepare('SELECT body FROM items WHERE seq >= ? AND seq < ?');
  const write = db.prepare('INSERT INTO segments VALUES (?, ?)');
  const remove = db.prepare('DELETE FROM items WHERE seq >= ? AND seq < ?');
  const startMs = performance.now();
  for (let seq = 0; seq < ITEMS; seq += SEGMENT_MAX_ITEMS) {
    db.exec('BEGIN IMMEDIATE');
    const text = read.all(seq, seq + SEGMENT_MAX_ITEMS).map(({ body }) => body);
    // A sixth of the size, as compressed blocks of chat have.
    const joined = Buffer.from(text.join('\n'));
    write.run(seq, joined.subarray(0, joined.length / 6));
    remove.run(seq, seq + SEGMENT_MAX_ITEMS);
    db.exec('COMMIT');
  }
  const seconds = (performance.now() - startMs) / 1_000;
  db.close();
  return Math.round(ITEMS / seconds);
}
