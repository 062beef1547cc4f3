import { writeSync } from 'node:fs';
import { openSqlite } from '../adapters/sqlite/open-sqlite.ts';
import type { SessionChange } from '../domain/change.ts';
import type { SessionHead } from '../domain/head.ts';
import { sessionKeyOf } from '../domain/ids.ts';
import { decodeSegment } from '../domain/segment-codec.ts';
import { systemClock } from '../kernel/clock.ts';
import { retryAborted } from '../kernel/retry.ts';
import { aMigration, anAppend, anItem, anUnpacking, aSession } from './builders.ts';

/**
 * A process of its own for tests: `busy-writer.ts <file> <label> <appends>` appends to one session,
 * packs and unpacks it meanwhile, and prints the version of every commit once it is acknowledged.
 */
const [, , path = '', label = '', appends = '0'] = process.argv;

const session = aSession('busy');
const key = sessionKeyOf(session);
const { store } = openSqlite({ path, clock: systemClock });

for (let done = 0; done < Number(appends); done++) {
  await commit(async (head) => append(head));
  if (done % 7 === 3) await commit(pack);
  if (done % 11 === 5) await commit(unpack);
}

type Decide = (head: SessionHead | undefined) => Promise<SessionChange | undefined>;

async function commit(decide: Decide): Promise<void> {
  await retryAborted(async () => {
    const change = await decide(await store.loadHead(key));
    if (!change) return;
    await store.commit(change);
    writeSync(1, `${change.head.version}\n`);
  });
}

function append(head: SessionHead | undefined): SessionChange {
  const seq = (head?.lastSeq ?? 0) + 1;
  const change = anAppend(head ?? session, [anItem(seq, { content: `${label} wrote ${seq}` })]);
  return { ...change, head: { ...change.head, window: change.head.window.slice(-20) } };
}

/** Packs the rows that there are. */
async function pack(head: SessionHead | undefined): Promise<SessionChange | undefined> {
  const { items } = await store.readLog(key, { fromSeq: 1, order: 'asc', limit: 1_000_000 });
  return head && items.length > 0 ? aMigration(head, items) : undefined;
}

/** Unpacks the first segment. */
async function unpack(head: SessionHead | undefined): Promise<SessionChange | undefined> {
  const { segments } = await store.readLog(key, { fromSeq: 1, order: 'asc', limit: 1_000_000 });
  const [segment] = segments;
  return head && segment ? anUnpacking(head, segment, decodeSegment(segment)) : undefined;
}
