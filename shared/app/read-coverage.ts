import { type Coverage, coverageOf, type PlacedSeq } from '../domain/coverage.ts';
import { coveredToSeq, itemCountOf, type SessionHead } from '../domain/head.ts';
import { type SessionRef, sessionKeyOf } from '../domain/ids.ts';
import { AppError } from '../kernel/app-error.ts';
import { retryAborted } from '../kernel/retry.ts';
import type { LogSlice, SessionStore } from '../ports/session-store.ts';

const PAGE_ITEMS = 2_000;

/** Which seqs live in which tier, which were deleted, and which a summary stands for. */
export function readCoverage(store: SessionStore, session: SessionRef): Promise<Coverage> {
  const key = sessionKeyOf(session);
  return retryAborted(async (attempt) => {
    const head = await store.loadHead(key);
    if (!head) return { lastSeq: 0, ranges: [], gaps: [] };
    const coverage = coverageOf(await placedSeqs(store, head), {
      lastSeq: head.lastSeq,
      coveredToSeq: coveredToSeq(head),
      expiredToSeq: head.expiredToSeq ?? 0,
      liveCount: itemCountOf(head),
    });
    const isSettled = (await store.loadHead(key))?.version === head.version;
    if (isSettled || attempt >= 5) return coverage;
    throw new AppError('aborted', 'The session changed while its coverage was read');
  });
}

/** Every live seq with its tier. Segments tell theirs without being decompressed. */
async function placedSeqs(store: SessionStore, head: SessionHead): Promise<PlacedSeq[]> {
  const placed: PlacedSeq[] = [];
  for (let fromSeq = 1; fromSeq <= head.lastSeq; ) {
    const query = { fromSeq, order: 'asc', limit: PAGE_ITEMS } as const;
    const page = seqsOf(await store.readLog(head.sessionKey, query))
      .filter(({ seq }) => seq >= fromSeq && seq <= head.lastSeq)
      .slice(0, PAGE_ITEMS);
    for (const one of page) placed.push(one);
    const last = page.at(-1);
    if (!last || page.length < PAGE_ITEMS) break;
    fromSeq = last.seq + 1;
  }
  return placed;
}

function seqsOf({ items, segments }: LogSlice): PlacedSeq[] {
  const cold = segments.flatMap(({ runs }) =>
    runs.flatMap(({ fromSeq, toSeq }) =>
      Array.from(
        { length: toSeq - fromSeq + 1 },
        (_, index): PlacedSeq => ({
          seq: fromSeq + index,
          tier: 'cold',
        }),
      ),
    ),
  );
  return [...items, ...cold].sort((a, b) => a.seq - b.seq);
}
