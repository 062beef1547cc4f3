import type { Summary } from '../domain/head.ts';
import { parseSummaryId } from '../domain/ids.ts';
import { AppError } from '../kernel/app-error.ts';
import type { SummaryPage } from './memory.ts';
import { handOut, type OwnReadDeps, sliceItems } from './timeline.ts';

interface Expansion {
  readonly expand: boolean;
  readonly limit: number;
  readonly fromSeq?: number;
  readonly owner?: string;
}

/** A summary and, page by page, the originals that it stands for. @throws AppError `not-found`. */
export async function readSummary(
  deps: OwnReadDeps,
  id: string,
  { expand, limit, fromSeq, owner }: Expansion,
): Promise<SummaryPage> {
  const key = parseSummaryId(id)?.sessionKey;
  const head = key && (await deps.store.loadOwnHead(key, owner));
  const [record] = key && head ? await deps.store.readSummaries(key, { id }) : [];
  if (!key || !head || !record) {
    throw new AppError('not-found', 'There is no such summary', { details: { id } });
  }
  const { facts: _, ...summary } = record;
  if (!expand) return { summary };
  const start = Math.max(summary.fromSeq, fromSeq ?? summary.fromSeq);
  const query = { fromSeq: start, order: 'asc', limit: limit + 1 } as const;
  const found = sliceItems(await deps.store.readLog(key, query), query).filter(within(summary));
  const items = await handOut(deps, head, key, found.slice(0, limit));
  const next = found[limit];
  return next ? { summary, items, nextSeq: next.seq } : { summary, items };
}

const within =
  ({ fromSeq, toSeq }: Summary) =>
  ({ seq }: { readonly seq: number }) =>
    fromSeq <= seq && seq <= toSeq;
