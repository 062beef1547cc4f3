import fc from 'fast-check';
import { expect } from 'vitest';
import { dropAbsent } from '../../kernel/drop-absent.ts';
import type { ModelWorld, Place, Step } from './model-world.ts';
import type { PlainMemory, PlainSession } from './plain-memory.ts';
import { onInstance, onUser, same, step } from './step.ts';

/** In the order in which they are listed. */
const ofUser = ({ sessions }: PlainMemory, userId: string): PlainSession[] =>
  sessions
    .filter((one) => one.userId === userId)
    .sort((a, b) => b.lastItemAtMs - a.lastItemAtMs || (a.sessionId < b.sessionId ? -1 : 1));

/** What expired is counted until somebody comes across it: a reader, or the sweep. */
async function meetExpired(
  { sessions }: PlainMemory,
  { instances }: ModelWorld,
  place: Place,
): Promise<void> {
  for (const one of sessions) if (one.retentionDays) await instances[place].memory.coverage(one);
}

export const listing: fc.Arbitrary<Step> = fc
  .record({ userId: onUser, place: onInstance, limit: fc.integer({ min: 1, max: 3 }) })
  .map(({ userId, place, limit }) =>
    step(
      `list the sessions of ${userId} by ${limit} on ${place}, and all totals`,
      async ({ plain }, world) => {
        const { memory, index } = world.instances[place];
        await meetExpired(plain, world, place);
        const left = ofUser(plain, userId);
        let after: { readonly lastItemAtMs: number; readonly sessionId: string } | undefined;
        do {
          const page = await memory.listSessions(userId, { limit, ...dropAbsent({ after }) });
          const expected = left.splice(0, limit);
          same(
            page.sessions.map(({ tiers: { hot, warm, cold }, ...row }) => {
              expect(hot.items + warm.items + cold.items).toBe(row.itemCount);
              return row;
            }),
            expected.map(({ items, sessionId, lastItemAtMs }) => ({
              ...{ userId, sessionId, lastItemAtMs },
              itemCount: items.length,
            })),
          );
          after = page.next;
        } while (after);
        same(left, []);
        const { sessions, summaries, tiers } = await index.totals();
        const all = plain.sessions;
        const items = Object.values(tiers).reduce((sum, tier) => sum + tier.items, 0);
        same(
          { sessions, summaries, items },
          {
            sessions: all.length,
            summaries: all.reduce((sum, one) => sum + one.summaries.length, 0),
            items: all.reduce((sum, one) => sum + one.items.length, 0),
          },
        );
      },
    ),
  );

export const exporting: fc.Arbitrary<Step> = fc
  .record({ userId: onUser, place: onInstance })
  .map(({ userId, place }) =>
    step(`export ${userId} on ${place}`, async ({ plain }, world) => {
      const found: unknown[] = [];
      for await (const line of world.instances[place].memory.exportUser(userId)) {
        const { type, sessionId, lastSeq, id, content, createdAt } = line;
        if (type === 'session') found.push({ sessionId, lastSeq });
        else if (type === 'item') found.push({ id, content, createdAt });
        else found.push({ id });
      }
      const expected = ofUser(plain, userId).flatMap(({ sessionId, lastSeq, items, summaries }) => [
        { sessionId, lastSeq },
        ...items.map((item) => ({
          ...{ id: item.id, content: item.said.content },
          createdAt: new Date(item.createdAtMs).toISOString(),
        })),
        ...summaries.map(({ id }) => ({ id })),
      ]);
      same(found, expected);
    }),
  );
