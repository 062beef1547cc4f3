import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DATABASE_FILE } from '../../../shared/components/embedded.ts';
import { removeDir, startTestStack, type TestStack } from '../test-stack.ts';
import { type Answer, type Call, sendCall } from './call.ts';
import { anyCall } from './spoil.ts';
import {
  KNOWN_CURSOR,
  KNOWN_ITEM,
  KNOWN_RECEIPT,
  KNOWN_SUMMARY,
  validCall,
} from './valid-calls.ts';

const REQUESTS = Number(process.env['STRATA_TEST_FUZZ'] ?? 20_000);

let stack: TestStack;
let database: DatabaseSync;
beforeAll(async () => {
  // Nothing but the requests writes: schedules are far away.
  const env = { STRATA_TIER_MIGRATION_INTERVAL: '1000000', STRATA_PROFILING_INTERVAL: '1000000' };
  stack = await startTestStack({ env });
  database = new DatabaseSync(join(stack.dataDir, DATABASE_FILE), { readOnly: true });
});
afterAll(async () => {
  database.close();
  await stack.close();
  await removeDir(stack.dataDir);
});

/** Changes with every commit that another connection makes. */
const storeVersion = (): unknown => database.prepare('PRAGMA data_version').get()?.['data_version'];

/** Counts and bytes of all that is stored. */
const totals = (): string => JSON.stringify(database.prepare('SELECT * FROM totals').get());

/**
 * A refused request writes nothing, but for one note: after the first item of a session under a
 * retention was deleted, whoever reads it next has the age of the new first one written into the head,
 * once, whatever the answer.
 */
async function assertUnchanged(call: Call, before: string, shown: string): Promise<void> {
  const version = storeVersion();
  if (totals() !== before) throw new Error(`refused, and its contents changed: ${shown}`);
  await sendCall(stack.url, call);
  if (storeVersion() !== version) throw new Error(`refused, and written again: ${shown}`);
}

/** The last id of each kind that an answer held. */
const known = { item: 'none', summary: 'none', receipt: 'none', cursor: 'none' };
const PATTERNS = {
  item: /"id":"([a-z2-7]{26}-\d+)"/,
  summary: /"id":"([a-z2-7]{26}-s\d+)"/,
  receipt: /"receiptId":"([^"]+)"/,
  cursor: /"nextCursor":"([^"]+)"/,
} as const;

function learn({ text }: Answer): void {
  known.item = PATTERNS.item.exec(text)?.[1] ?? known.item;
  known.summary = PATTERNS.summary.exec(text)?.[1] ?? known.summary;
  known.receipt = PATTERNS.receipt.exec(text)?.[1] ?? known.receipt;
  known.cursor = PATTERNS.cursor.exec(text)?.[1] ?? known.cursor;
}

const filled = (call: Call): Call => ({
  ...call,
  target: call.target
    .replaceAll(KNOWN_ITEM, known.item)
    .replaceAll(KNOWN_SUMMARY, known.summary)
    .replaceAll(KNOWN_RECEIPT, known.receipt)
    .replaceAll(KNOWN_CURSOR, known.cursor),
});

const statuses = new Map<number, number>();

it(`answers ${REQUESTS} requests, right and wrong, and changes nothing by a refused one`, async () => {
  await fc.assert(
    fc.asyncProperty(anyCall(validCall), async (drawn) => {
      const call = filled(drawn);
      const [before, contents] = [storeVersion(), totals()];
      const answer = await sendCall(stack.url, call);
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      const shown = `${call.method} ${call.target} ${call.body?.toString('latin1') ?? ''}`;
      if (answer.status >= 500) throw new Error(`${answer.status} ${answer.text} after ${shown}`);
      if (answer.status < 400) {
        learn(answer);
        await stack.settle();
        return;
      }
      if (storeVersion() !== before) await assertUnchanged(call, contents, shown);
      if (call.method === 'HEAD') return;
      expect(answer.type, shown).toBe('application/problem+json');
      const problem: unknown = JSON.parse(answer.text);
      expect(problem, shown).toMatchObject({ status: answer.status, code: expect.any(String) });
    }),
    { numRuns: REQUESTS, endOnFailure: true },
  );
  // The requests reached what they were meant for.
  for (const status of [200, 201, 204, 400, 404, 405, 409, 415, 422])
    expect(statuses.get(status), `answers of ${status}`).toBeGreaterThan(0);
  expect((await stack.call('GET', '/read-items/healthz')).json).toMatchObject({ status: 'ok' });
}, 600_000);
