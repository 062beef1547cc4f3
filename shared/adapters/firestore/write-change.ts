import { type DocumentData, type DocumentReference, Timestamp } from '@google-cloud/firestore';
import type { DueItem, ReplayRecord, SessionChange } from '../../domain/change.ts';
import type { SummaryRecord } from '../../domain/head.ts';
import { itemBytes, itemJson } from '../../domain/item-json.ts';
import { dropAbsent } from '../../kernel/drop-absent.ts';
import { headFields, identityFields, withCommitId } from './head-doc.ts';
import { type Layout, paddedSeq } from './layout.ts';
import { pack, packText, RAW_MAX_BYTES } from './packing.ts';
import { segmentFields } from './segment-doc.ts';
import { SizedWrites } from './sized-writes.ts';
import type { Writes } from './writes.ts';

/** What a commit takes for granted; its preconditions fail when it is not so. */
export interface Ground {
  /** Of the commits before this one, newest first. */
  readonly commitIds: readonly string[];
  /** Of the head to replace; `undefined`: there must be none. */
  readonly updateTime: Timestamp | undefined;
  /** Summaries that the session has after the change. */
  readonly summaries: number;
  /** Whether the session had segments before, at any time. */
  readonly hasSegments: boolean;
  /** The order of the summary that this change puts again. */
  readonly replacedOrder: number | undefined;
  /** Idempotency keys whose records are there but expired. */
  readonly expiredKeys: ReadonlySet<string>;
}

interface ChangeWrite {
  readonly to: Writes;
  readonly layout: Layout;
  readonly change: SessionChange;
  readonly commitId: string;
  readonly ground: Ground;
  /** Set while the user has a tombstone. */
  readonly guardedUntilMs: number | undefined;
  readonly maxBytes: number;
}

/** From here on small texts are compressed too: what then fits one request is worth the time. */
const TIGHT_FROM_BYTES = 2 * 1_048_576;
const TIGHT_RAW_MAX_BYTES = 1_024;

/**
 * Writes a change, the head first: its result tells the update time that the next commit needs. The
 * head's precondition also covers documents without one of their own, since whoever changes any
 * document of a session changes its head in the same commit.
 *
 * @throws AppError `payload-too-large` when that would be more than one request takes.
 */
export function writeChange(write: ChangeWrite): void {
  const to = new SizedWrites(write.to);
  writeHead(to, write);
  const { layout, change, ground } = write;
  const { sessionKey: key, putItems = [], putSegments = [], putSummary } = change;
  // Made once: hundreds of items may go with one change.
  const items = layout.items(key);
  const itemAt = (seq: number) => items.doc(paddedSeq(seq));
  const put = new Set<string>();
  const set = (ref: DocumentReference, data: DocumentData) => {
    put.add(ref.path);
    to.set(ref, data);
  };
  const rawBytes = putItems.reduce((sum, { item }) => sum + itemBytes(item), 0);
  const rawMaxBytes = rawBytes > TIGHT_FROM_BYTES ? TIGHT_RAW_MAX_BYTES : RAW_MAX_BYTES;
  for (const due of putItems) {
    set(itemAt(due.item.seq), itemFields(due, rawMaxBytes));
  }
  for (const one of putSegments) set(layout.segment(key, one.firstSeq), segmentFields(one));
  if (putSummary) {
    const order = ground.replacedOrder ?? change.head.version;
    set(layout.summary(key, putSummary.id), summaryFields(putSummary, order));
  }
  const gone = [
    ...(change.deleteItems ?? []).map(itemAt),
    ...(change.deleteSegments ?? []).map((firstSeq) => layout.segment(key, firstSeq)),
    ...(change.deleteSummaries ?? []).map((id) => layout.summary(key, id)),
  ].filter(({ path }) => !put.has(path));
  for (const ref of gone) to.delete(ref);
  const gonePaths = new Set(gone.map(({ path }) => path));
  for (const { firstSeq, accesses } of change.segmentAccesses ?? []) {
    const ref = layout.segment(key, firstSeq);
    if (!gonePaths.has(ref.path)) to.update(ref, { accesses: JSON.stringify(accesses) });
  }
  for (const replay of change.replays ?? []) {
    const ref = layout.replay(key, replay.key);
    if (ground.expiredKeys.has(replay.key)) to.set(ref, replayFields(replay));
    else to.create(ref, replayFields(replay));
  }
  to.assertFits(write.maxBytes);
}

function writeHead(
  to: SizedWrites,
  { layout, change, commitId, ground, guardedUntilMs }: ChangeWrite,
): void {
  const { updateTime, summaries } = ground;
  const fields = {
    ...identityFields(change.head),
    ...headFields(change, withCommitId(commitId, ground.commitIds)),
    summaries,
    hasSegments: hasSegmentsAfter(ground, change) || undefined,
    guardedUntilMs,
    erasingUntilMs: undefined,
  };
  const ref = layout.head(change.sessionKey);
  if (updateTime) to.replace(ref, fields, updateTime);
  else to.create(ref, dropAbsent(fields));
}

/** Whether a session may have segments once it has this change. */
export const hasSegmentsAfter = (
  { hasSegments }: Pick<Ground, 'hasSegments'>,
  { putSegments = [] }: SessionChange,
): boolean => hasSegments || putSegments.length > 0;

const itemFields = ({ item, dueAtMs }: DueItem, rawMaxBytes: number): DocumentData =>
  dropAbsent({ seq: item.seq, dueAtMs, ...packText(itemJson(item), 'item', rawMaxBytes) });

const summaryFields = (summary: SummaryRecord, order: number): DocumentData => ({
  order,
  fromSeq: summary.fromSeq,
  toSeq: summary.toSeq,
  ...pack(summary, 'summary'),
});

const replayFields = (replay: ReplayRecord): DocumentData => ({
  ...pack(replay, 'replay'),
  expireAt: Timestamp.fromMillis(replay.expiresAtMs),
});
