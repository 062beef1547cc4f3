import type { SessionKey } from '../../domain/ids.ts';
import type { SegmentInfo } from '../../domain/segment.ts';
import type { LogQuery, LogSlice } from '../../ports/session-store.ts';
import type { ItemsTable } from './items-table.ts';
import type { SegmentsTable } from './segments-table.ts';

interface Candidate {
  readonly info: SegmentInfo;
  /** The first `limit` seqs of the segment that the query may want, in its order. */
  readonly seqs: readonly number[];
}

/** Reads a session's log from both homes. Call it within one read transaction. */
export class LogReader {
  readonly #items: ItemsTable;
  readonly #segments: SegmentsTable;

  constructor(items: ItemsTable, segments: SegmentsTable) {
    this.#items = items;
    this.#segments = segments;
  }

  /**
   * Decides by the segments' infos which of them the answer needs, and loads no other bytes: the
   * seqs of the segments bound the items to read, and both together bound the segments.
   */
  read(key: SessionKey, query: LogQuery): LogSlice {
    const { fromSeq, order, limit } = query;
    if (limit <= 0) return { items: [], segments: [] };
    const candidates = this.#candidates(key, query);
    const cold = candidates.flatMap(({ seqs }) => seqs);
    const coldEnd = nth(cold, query);
    const range =
      order === 'asc'
        ? { minSeq: fromSeq, maxSeq: coldEnd ?? Number.MAX_SAFE_INTEGER }
        : { minSeq: coldEnd ?? 0, maxSeq: fromSeq };
    const items = this.#items.range(key, { ...range, order, limit });
    const end = nth([...cold, ...items.map(({ seq }) => seq)], query);
    const isWanted = (seq: number) => end === undefined || !isPast(seq, end, query);
    return {
      items: items.filter(({ seq }) => isWanted(seq)),
      segments: candidates
        .filter(({ seqs }) => seqs.some(isWanted))
        .map(({ info }) => this.#segments.load(key, info)),
    };
  }

  readSeqs(key: SessionKey, seqs: readonly number[]): LogSlice {
    const items = this.#items.bySeqs(key, seqs);
    const found = new Set(items.map(({ seq }) => seq));
    const missing = seqs.filter((seq) => !found.has(seq));
    const span = missing.length > 0 ? this.#segments.span(key) : undefined;
    const infos = new Map<number, SegmentInfo>();
    for (const seq of span === undefined ? [] : missing) {
      if (found.has(seq)) continue;
      const info = this.#segments.holding(key, seq, span ?? 0);
      if (!info || infos.has(info.firstSeq)) continue;
      infos.set(info.firstSeq, info);
      for (const { fromSeq, toSeq } of info.runs) {
        for (let held = fromSeq; held <= toSeq; held++) found.add(held);
      }
    }
    const ordered = [...infos.values()].sort((a, b) => a.firstSeq - b.firstSeq);
    return { items, segments: ordered.map((info) => this.#segments.load(key, info)) };
  }

  #candidates(key: SessionKey, query: LogQuery): readonly Candidate[] {
    const span = this.#segments.span(key);
    if (span === undefined) return [];
    const { fromSeq, order } = query;
    const infos =
      order === 'asc'
        ? this.#segments.upwards(key, fromSeq, span)
        : this.#segments.downwards(key, fromSeq);
    const candidates: Candidate[] = [];
    let seqs: number[] = [];
    for (const info of infos) {
      const end = nth(seqs, query);
      // The nearest seq that this segment or a later one can hold.
      const nearest = order === 'asc' ? info.firstSeq : info.firstSeq + span;
      if (end !== undefined && isPast(nearest, end, query)) break;
      const own = seqsOf(info, query);
      if (own.length === 0) continue;
      candidates.push({ info, seqs: own });
      seqs = [...seqs, ...own];
    }
    return candidates;
  }
}

const isPast = (seq: number, end: number, { order }: LogQuery): boolean =>
  order === 'asc' ? seq > end : seq < end;

/** The `limit`-th seq in the query's order; `undefined` when there are fewer. */
function nth(seqs: readonly number[], { order, limit }: LogQuery): number | undefined {
  if (seqs.length < limit) return undefined;
  return seqs.toSorted((a, b) => (order === 'asc' ? a - b : b - a))[limit - 1];
}

/** Up to `limit` seqs of a segment from `fromSeq` on, in the query's order. */
function seqsOf({ runs }: SegmentInfo, { fromSeq, order, limit }: LogQuery): number[] {
  const seqs: number[] = [];
  const step = order === 'asc' ? 1 : -1;
  for (const run of order === 'asc' ? runs : runs.toReversed()) {
    const [near, far] = order === 'asc' ? [run.fromSeq, run.toSeq] : [run.toSeq, run.fromSeq];
    const start = order === 'asc' ? Math.max(near, fromSeq) : Math.min(near, fromSeq);
    for (let seq = start; step * (far - seq) >= 0; seq += step) {
      if (seqs.length === limit) return seqs;
      seqs.push(seq);
    }
  }
  return seqs;
}
