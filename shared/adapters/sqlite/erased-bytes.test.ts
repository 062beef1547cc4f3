import { existsSync, readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, it } from 'vitest';
import type { SessionHead } from '../../domain/head.ts';
import { type SessionRef, sessionKeyOf } from '../../domain/ids.ts';
import type { ErasureStore } from '../../ports/erasure-store.ts';
import {
  aChange,
  aHead,
  anAppend,
  anItem,
  aReplay,
  aSegment,
  aSession,
  aSummary,
  nextHead,
} from '../../testing/builders.ts';
import { SqliteHarness } from '../../testing/sqlite-harness.ts';

const harness = new SqliteHarness();
afterAll(() => harness.dispose());

const MARK = 'ERASE-ME';

/** How often a text stands in the bytes of the database and of its log. */
function occurrences(text: string): number {
  const files = [harness.path, `${harness.path}-wal`].filter(existsSync);
  return files.reduce(
    (sum, file) => sum + readFileSync(file).toString('latin1').split(text).length - 1,
    0,
  );
}

async function erase(erasure: ErasureStore, session: SessionRef): Promise<void> {
  while (!(await erasure.eraseSession(sessionKeyOf(session), 50)).isDone);
}

describe('after an erasure and a scrub', () => {
  it('no byte of the user is left in the file or in its log', async () => {
    const { store, erasure, deadLetters } = await harness.create();
    const session = aSession('s1', `user ${MARK}`);
    const item = anItem(1, { content: `content ${MARK}`, metadata: { note: MARK } });
    const change = anAppend(session, [item], {
      putSegments: [aSegment([anItem(11, { content: `cold ${MARK}` })])],
      putSummary: aSummary(session, 1, {
        text: `summary ${MARK}`,
        facts: [{ seq: 1, kind: 'quote', text: MARK }],
      }),
      replays: [aReplay(`key ${MARK}`, { expiresAtMs: harness.now() + 1_000 })],
    });
    await store.commit(change);
    await deadLetters.add({
      topic: 'memory-append',
      data: { content: MARK },
      attributes: {},
      reason: 'refused',
      attempts: 1,
      atMs: 0,
      expiresAtMs: 9e12,
      userId: session.userId,
    });
    await store.commit(anAppend(aSession('s2', 'stays'), [anItem(1, { content: 'stays here' })]));
    expect(occurrences(MARK)).toBeGreaterThan(10);
    await erase(erasure, session);
    await erasure.eraseTraces(session.userId);
    await erasure.scrub();
    expect(occurrences(MARK)).toBe(0);
    expect(occurrences('stays here')).toBeGreaterThan(0);
  });

  it('no copy is left in pages whose rows moved while sessions grew side by side', async () => {
    const { store, erasure } = await harness.create();
    const sessions = Array.from({ length: 60 }, (_, index) => aSession(`s${index}`, 'u'));
    const isMarked = (index: number) => index % 3 === 0;
    const heads: (SessionHead | undefined)[] = [];
    for (let seq = 1; seq <= 25; seq++) {
      for (const [index, session] of sessions.entries()) {
        const content = (isMarked(index) ? `${MARK} ` : 'something ').repeat(
          3 + ((seq * 7 + index * 5) % 90),
        );
        const change = anAppend(heads[index] ?? session, [anItem(seq, { content })], {
          deleteItems: seq % 4 === 0 ? [seq - 2] : [],
        });
        const head = { ...change.head, window: change.head.window.slice(-3) };
        await store.commit({ ...change, head });
        heads[index] = head;
      }
    }
    for (const [index, session] of sessions.entries()) {
      if (isMarked(index)) await erase(erasure, session);
    }
    const log = new DatabaseSync(harness.path);
    log.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    log.close();
    // What secure_delete alone leaves: the reason for the VACUUM in scrub.
    expect(occurrences(MARK)).toBeGreaterThan(0);
    await erasure.scrub();
    expect(occurrences(MARK)).toBe(0);
  });

  it('is said to be incomplete while another process still reads the old bytes', async () => {
    const { store } = await harness.create();
    const session = aSession();
    await store.commit(aChange(undefined, aHead(session)));
    const reader = new DatabaseSync(harness.path);
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM sessions').get();
    const { erasure } = await harness.impatientPeer();
    await store.commit(aChange(aHead(session), nextHead(aHead(session))));
    await erase(erasure, session);
    await expect(erasure.scrub()).rejects.toMatchObject({ code: 'unavailable' });
    reader.exec('COMMIT');
    await erasure.scrub();
    reader.close();
  });
});
