import type { DocumentSnapshot, Query, Transaction } from '@google-cloud/firestore';
import type { SessionKey } from '../../domain/ids.ts';
import type { StoredItem } from '../../domain/item.ts';
import { holdsSeq, type Segment } from '../../domain/segment.ts';
import { AppError } from '../../kernel/app-error.ts';
import type { LogQuery, LogSlice } from '../../ports/session-store.ts';
import { BOUND_FIELDS, boundsOf, type HeadBounds } from './head-doc.ts';
import type { Layout } from './layout.ts';
import { unpack } from './packing.ts';
import { segmentOf } from './segment-doc.ts';
import { type LogReading, maxReadsOf, WHOLE } from './torn-read.ts';

/** Consecutive seqs, both ends included. */
interface Span {
  readonly fromSeq: number;
  readonly toSeq: number;
}

/** Missing seqs further apart than this are looked for by queries of their own. */
const CLUSTER_GAP_SEQS = 400;
const NOTHING: LogReading = { slice: { items: [], segments: [] }, maxReads: WHOLE };

/**
 * Reads a session's log from both homes, in one read-only transaction: one snapshot.
 *
 * Seqs have no gaps but for deletions, so `limit` items lie within `limit` seqs, and every document
 * that overlaps those is part of the answer: nothing is read to be thrown away. Only where items
 * were deleted the answer is short, and the next seqs are read, twice as many each time.
 */
export class LogReader {
  readonly #layout: Layout;
  readonly #transaction: Transaction;
  readonly #key: SessionKey;

  constructor(layout: Layout, transaction: Transaction, key: SessionKey) {
    this.#layout = layout;
    this.#transaction = transaction;
    this.#key = key;
  }

  async read(query: LogQuery): Promise<LogReading> {
    const { order, limit } = query;
    const bounds = await this.#bounds();
    if (!bounds || limit <= 0) return NOTHING;
    const items: StoredItem[] = [];
    const segments = new Map<number, Segment>();
    let seqs: readonly number[] = [];
    let read = 0;
    for (const span of spansOf(query, bounds.topSeq)) {
      const rest = limit - seqs.length;
      const [more, packed] = await Promise.all([
        this.#items(span, order, rest),
        bounds.hasSegments ? this.#overlapping(span) : [],
      ]);
      items.push(...more);
      for (const segment of packed) segments.set(segment.firstSeq, segment);
      seqs = [...seqs, ...seqsWithin(more, packed, span)];
      read += span.toSeq - span.fromSeq + 1;
      if (seqs.length >= limit) break;
    }
    const answer = [...new Set(seqs)].sort(inOrder(order)).slice(0, limit);
    const wanted = new Set(answer);
    const slice = {
      items: items.filter(({ seq }) => wanted.has(seq)),
      segments: [...segments.values()]
        .filter((segment) => answer.some((seq) => holdsSeq(segment, seq)))
        .sort((a, b) => inOrder(order)(a.firstSeq, b.firstSeq)),
    };
    // A full answer ends with its last seq, and a short one with the log.
    const last = answer.length < limit ? undefined : answer.at(-1);
    const passed = last === undefined ? read : distance(query, bounds.topSeq, last);
    const missing = passed - answer.length;
    return { slice, maxReads: maxReadsOf(bounds, { seqs, missing }) };
  }

  async readSeqs(asked: readonly number[]): Promise<LogReading> {
    const seqs = [...new Set(asked)].sort((a, b) => a - b);
    if (seqs.length === 0) return NOTHING;
    const refs = seqs.map((seq) => this.#layout.item(this.#key, seq));
    const documents = await this.#transaction.getAll(...refs);
    const items = documents.filter(({ exists }) => exists).map(itemOf);
    const found = new Set(items.map(({ seq }) => seq));
    const missing = seqs.filter((seq) => !found.has(seq));
    const packed = await Promise.all(clustersOf(missing).map((span) => this.#overlapping(span)));
    const segments = packed
      .flat()
      .filter((segment) => missing.some((seq) => holdsSeq(segment, seq)))
      .map((segment) => [segment.firstSeq, segment] as const);
    const once = [...new Map(segments).values()].sort((a, b) => a.firstSeq - b.firstSeq);
    const slice = { items, segments: once };
    return { slice, maxReads: await this.#maxReads(seqs, slice) };
  }

  /** Reads the head only where something that was asked for is not there, or is there twice. */
  async #maxReads(asked: readonly number[], { items, segments }: LogSlice): Promise<number> {
    const cold = asked.filter((seq) => segments.some((segment) => holdsSeq(segment, seq)));
    const seqs = [...items.map(({ seq }) => seq), ...cold];
    const found = new Set(seqs);
    if (found.size === asked.length && seqs.length === asked.length) return WHOLE;
    const bounds = await this.#bounds();
    if (!bounds) return WHOLE;
    const given = asked.filter((seq) => seq >= 1 && seq <= bounds.topSeq);
    const missing = given.filter((seq) => !found.has(seq)).length;
    return maxReadsOf(bounds, { seqs, missing });
  }

  async #bounds(): Promise<HeadBounds | undefined> {
    const ref = this.#layout.head(this.#key);
    const [head] = await this.#transaction.getAll(ref, { fieldMask: [...BOUND_FIELDS] });
    return head && boundsOf(head);
  }

  async #items(
    { fromSeq, toSeq }: Span,
    order: LogQuery['order'],
    limit: number,
  ): Promise<readonly StoredItem[]> {
    const query = this.#layout
      .items(this.#key)
      .where('seq', '>=', fromSeq)
      .where('seq', '<=', toSeq)
      .orderBy('seq', order)
      .limit(limit);
    return (await this.#documents(query)).map(itemOf);
  }

  /** The segments whose range meets the span; their runs may still leave it out. */
  async #overlapping({ fromSeq, toSeq }: Span): Promise<readonly Segment[]> {
    const query = this.#layout
      .segments(this.#key)
      .where('lastSeq', '>=', fromSeq)
      .where('firstSeq', '<=', toSeq)
      .orderBy('lastSeq');
    return (await this.#documents(query)).map(segmentOf);
  }

  async #documents(query: Query): Promise<readonly DocumentSnapshot[]> {
    return (await this.#transaction.get(query)).docs;
  }
}

/**
 * The item in a document.
 *
 * @throws AppError `data-loss`.
 */
export function itemOf(document: DocumentSnapshot): StoredItem {
  const item = unpack<StoredItem>(document.data() ?? {}, 'item');
  if (item.seq === document.get('seq')) return item;
  throw new AppError('data-loss', 'A stored item has another seq than its document says');
}

const inOrder = (order: LogQuery['order']) =>
  order === 'asc' ? (a: number, b: number) => a - b : (a: number, b: number) => b - a;

/** How many seqs lie from where the query starts to `seq`, both ends included. */
const distance = ({ fromSeq, order }: LogQuery, topSeq: number, seq: number): number =>
  order === 'asc' ? seq - Math.max(1, fromSeq) + 1 : Math.min(topSeq, fromSeq) - seq + 1;

/** Adjoining spans in the query's order, from its seq to the end of the log. */
function* spansOf({ fromSeq, order, limit }: LogQuery, topSeq: number): Generator<Span> {
  let length = limit;
  if (order === 'asc') {
    for (let from = Math.max(1, fromSeq); from <= topSeq; length *= 2) {
      const toSeq = Math.min(topSeq, from + length - 1);
      yield { fromSeq: from, toSeq };
      from = toSeq + 1;
    }
    return;
  }
  for (let to = Math.min(topSeq, fromSeq); to >= 1; length *= 2) {
    const from = Math.max(1, to - length + 1);
    yield { fromSeq: from, toSeq: to };
    to = from - 1;
  }
}

function seqsWithin(
  items: readonly StoredItem[],
  segments: readonly Segment[],
  { fromSeq, toSeq }: Span,
): number[] {
  const seqs = items.map(({ seq }) => seq);
  for (const run of segments.flatMap(({ runs }) => runs)) {
    const last = Math.min(run.toSeq, toSeq);
    for (let seq = Math.max(run.fromSeq, fromSeq); seq <= last; seq++) seqs.push(seq);
  }
  return seqs;
}

/** Spans that hold these ascending seqs, without the wide gaps between them. */
function clustersOf(seqs: readonly number[]): readonly Span[] {
  const clusters: { fromSeq: number; toSeq: number }[] = [];
  for (const seq of seqs) {
    const last = clusters.at(-1);
    if (last && seq - last.toSeq <= CLUSTER_GAP_SEQS) last.toSeq = seq;
    else clusters.push({ fromSeq: seq, toSeq: seq });
  }
  return clusters;
}
