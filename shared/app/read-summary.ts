import { parseSummaryId } from '../domain/ids.ts';
import { AppError } from '../kernel/app-error.ts';
import { readPage } from './log-page.ts';
import type { SummaryPage } from './memory.ts';
import { handOut, type OwnReadDeps } from './timeline.ts';

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
  const part = {
    fromSeq: Math.max(summary.fromSeq, fromSeq ?? summary.fromSeq),
    toSeq: summary.toSeq,
    order: 'asc',
    limit,
  } as const;
  const { items, ...next } = await readPage(deps.store, head, part);
  return { summary, items: await handOut(deps, head, key, items), ...next };
}
