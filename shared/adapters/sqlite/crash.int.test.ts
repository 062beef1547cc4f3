import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterAll, expect, it } from 'vitest';
import { itemCountOf, type SessionHead } from '../../domain/head.ts';
import { sessionKeyOf } from '../../domain/ids.ts';
import { decodeSegment } from '../../domain/segment-codec.ts';
import { systemClock } from '../../kernel/clock.ts';
import { aSession } from '../../testing/builders.ts';
import { openSqlite, type SqliteStores } from './open-sqlite.ts';

const WRITER = fileURLToPath(new URL('../../testing/busy-writer.ts', import.meta.url));
const FOREVER = 1_000_000;

const directory = mkdtempSync(join(tmpdir(), 'strata-crash-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const key = sessionKeyOf(aSession('busy'));

interface Writer {
  readonly process: ChildProcess;
  /** Versions acknowledged so far. */
  readonly versions: () => readonly number[];
  readonly ended: Promise<number | null>;
}

function startWriter(path: string, label: string, appends: number): Writer {
  const args = ['--conditions=strata-source', WRITER, path, label, String(appends)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  return {
    process: child,
    // A line that the end of the process cut off was not acknowledged to anybody.
    versions: () => output.split('\n').slice(0, -1).map(Number),
    ended: new Promise((resolve) => child.once('close', resolve)),
  };
}

/** Waits until one of the writers had a commit acknowledged. */
async function firstCommit(writers: readonly Writer[]): Promise<void> {
  while (writers.every(({ versions }) => versions().length === 0)) {
    if (writers.some(({ process }) => process.exitCode !== null)) throw new Error('a writer died');
    await sleep(2);
  }
}

/** The session as it is read: every live seq with its content, from one snapshot. */
async function contents({ store }: SqliteStores): Promise<readonly (readonly [number, string])[]> {
  const slice = await store.readLog(key, { fromSeq: 1, order: 'asc', limit: 1_000_000 });
  return [...slice.items, ...slice.segments.flatMap(decodeSegment)]
    .map(({ seq, content }) => [seq, content] as const)
    .sort(([a], [b]) => a - b);
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

async function expectWhole(stores: SqliteStores, head: SessionHead): Promise<void> {
  const live = await contents(stores);
  expect(live.map(([seq]) => seq)).toEqual(upTo(head.lastSeq));
  expect(itemCountOf(head)).toBe(head.lastSeq);
  expect((await stores.index.totals()).tiers).toEqual(head.tiers);
}

it('keeps every acknowledged commit, whole, when the process is killed at any moment', async () => {
  const path = join(directory, 'killed.db');
  let acknowledged = 0;
  for (let round = 0; round < 20; round++) {
    const writer = startWriter(path, `round ${round}`, FOREVER);
    await firstCommit([writer]);
    await sleep((round * 37) % 150);
    writer.process.kill('SIGKILL');
    expect(await writer.ended).toBeNull();
    acknowledged = Math.max(acknowledged, ...writer.versions());

    const stores = openSqlite({ path, clock: systemClock });
    const head = await stores.store.loadHead(key);
    if (!head) throw new TypeError('the session is gone');
    expect(head.version).toBeGreaterThanOrEqual(acknowledged);
    // One more than was acknowledged can be there: killed between the commit and its print.
    expect(head.version).toBeLessThanOrEqual(acknowledged + 1);
    await expectWhole(stores, head);
    stores.close();

    const file = new DatabaseSync(path);
    expect(file.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
    file.close();
  }
  expect(acknowledged).toBeGreaterThan(100);
});

it('lets several processes begin one file at once and write one session, each item once', async () => {
  const path = join(directory, 'shared.db');
  const writers = upTo(4).map((label) => startWriter(path, `writer ${label}`, 60));
  await firstCommit(writers);
  const stores = openSqlite({ path, clock: systemClock });
  let isWriting = true;
  const watch = async () => {
    let reads = 0;
    for (; isWriting; reads++) {
      const live = await contents(stores);
      expect(live.map(([seq]) => seq)).toEqual(upTo(live.length));
      await sleep(1);
    }
    return reads;
  };
  const watching = watch();
  const exits = await Promise.all(writers.map(({ ended }) => ended));
  isWriting = false;
  expect(exits).toEqual([0, 0, 0, 0]);
  expect(await watching).toBeGreaterThan(10);

  const head = await stores.store.loadHead(key);
  expect(head?.lastSeq).toBe(240);
  if (head) await expectWhole(stores, head);
  const written = (await contents(stores)).map(([, content]) => content);
  for (const label of upTo(4)) {
    expect(written.filter((text) => text.startsWith(`writer ${label} `))).toHaveLength(60);
  }
  const versions = writers.flatMap((writer) => writer.versions());
  expect(new Set(versions).size).toBe(versions.length);
  stores.close();
});

it('waits for a client that is writing to a file that has no write-ahead log yet', async () => {
  const path = join(directory, 'new.db');
  // SQLite answers the switch to the log with BUSY at once here, whatever the busy timeout.
  const holder = new Worker(
    `const { workerData, parentPort } = require('node:worker_threads');
     const { DatabaseSync } = require('node:sqlite');
     const db = new DatabaseSync(workerData);
     db.exec('BEGIN IMMEDIATE');
     parentPort.postMessage('locked');
     setTimeout(() => db.close(), 150);`,
    { eval: true, workerData: path },
  );
  await once(holder, 'message');
  const stores = openSqlite({ path, clock: systemClock });
  expect(await stores.store.loadHead(key)).toBeUndefined();
  stores.close();
  await once(holder, 'exit');
});
