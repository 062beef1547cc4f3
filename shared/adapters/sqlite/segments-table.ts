import type { StatementSync } from 'node:sqlite';
import type { SegmentAccesses } from '../../domain/change.ts';
import type { SessionKey } from '../../domain/ids.ts';
import { holdsSeq, type Segment, type SegmentInfo } from '../../domain/segment.ts';
import { AppError } from '../../kernel/app-error.ts';
import { decodeSegmentInfo, encode, encodeSegmentInfo } from './codec.ts';
import { type Db, type Query, query } from './statement.ts';

interface InfoRow {
  readonly info: string;
  readonly accesses: string;
}

/** Cold items. Their infos are read without the bytes, which stand last in the row. */
export class SegmentsTable {
  readonly #span: Query<{ readonly span: number }>;
  readonly #ascending: Query<InfoRow>;
  readonly #descending: Query<InfoRow>;
  readonly #bytes: Query<{ readonly bytes: Uint8Array }>;
  readonly #put: StatementSync;
  readonly #putAccesses: StatementSync;
  readonly #delete: StatementSync;
  readonly #erase: Query<{ readonly items: number }>;

  constructor(db: Db) {
    this.#span = query(
      db,
      'SELECT span FROM segments WHERE session_key = ? ORDER BY span DESC LIMIT 1',
    );
    const infos = 'SELECT info, accesses FROM segments WHERE session_key = ?';
    this.#ascending = query(db, `${infos} AND first_seq >= ? AND last_seq >= ? ORDER BY first_seq`);
    this.#descending = query(db, `${infos} AND first_seq <= ? ORDER BY first_seq DESC`);
    this.#bytes = query(db, 'SELECT bytes FROM segments WHERE session_key = ? AND first_seq = ?');
    this.#put = db.prepare(
      `INSERT INTO segments (session_key, first_seq, last_seq, span, item_count, info, accesses, bytes)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET last_seq = excluded.last_seq, span = excluded.span,
         item_count = excluded.item_count, info = excluded.info, accesses = excluded.accesses,
         bytes = excluded.bytes`,
    );
    this.#putAccesses = db.prepare(
      'UPDATE segments SET accesses = ? WHERE session_key = ? AND first_seq = ?',
    );
    this.#delete = db.prepare('DELETE FROM segments WHERE session_key = ? AND first_seq = ?');
    this.#erase = query(
      db,
      `DELETE FROM segments WHERE session_key = ?1 AND first_seq IN
         (SELECT first_seq FROM segments WHERE session_key = ?1 ORDER BY first_seq LIMIT ?2)
       RETURNING item_count AS items`,
    );
  }

  /** The longest distance from a first seq to a last one; `undefined` without segments. */
  span(key: SessionKey): number | undefined {
    return this.#span.get(key)?.span;
  }

  /** Segments that reach `fromSeq` or lie past it, by first seq, upwards. */
  *upwards(key: SessionKey, fromSeq: number, span: number): Generator<SegmentInfo> {
    // One that reaches fromSeq starts no further before it than the longest one is long.
    for (const row of this.#ascending.iterate(key, fromSeq - span, fromSeq)) yield infoOf(row);
  }

  /** Segments that start at `fromSeq` or before it, by first seq, downwards. */
  *downwards(key: SessionKey, fromSeq: number): Generator<SegmentInfo> {
    for (const row of this.#descending.iterate(key, fromSeq)) yield infoOf(row);
  }

  /** The segment that holds the seq; `undefined` when none does. */
  holding(key: SessionKey, seq: number, span: number): SegmentInfo | undefined {
    for (const info of this.upwards(key, seq, span)) {
      if (info.firstSeq > seq) return undefined;
      if (holdsSeq(info, seq)) return info;
    }
    return undefined;
  }

  /** @throws AppError `data-loss` when the row has vanished from the snapshot that named it. */
  load(key: SessionKey, info: SegmentInfo): Segment {
    const row = this.#bytes.get(key, info.firstSeq);
    if (!row) {
      throw new AppError('data-loss', 'A segment has no bytes', {
        details: { sessionKey: key, firstSeq: info.firstSeq },
      });
    }
    return { ...info, bytes: row.bytes };
  }

  put(key: SessionKey, segment: Segment): void {
    const { firstSeq, lastSeq, count, accesses, bytes } = segment;
    this.#put.run(
      key,
      firstSeq,
      lastSeq,
      lastSeq - firstSeq,
      count,
      encodeSegmentInfo(segment),
      encode(accesses),
      bytes,
    );
  }

  putAccesses(key: SessionKey, { firstSeq, accesses }: SegmentAccesses): void {
    this.#putAccesses.run(encode(accesses), key, firstSeq);
  }

  delete(key: SessionKey, firstSeqs: readonly number[]): void {
    for (const firstSeq of firstSeqs) this.#delete.run(key, firstSeq);
  }

  /** Deletes up to `limit` segments; says how many items each of them held. */
  erase(key: SessionKey, limit: number): readonly number[] {
    return this.#erase.all(key, limit).map(({ items }) => items);
  }
}

const infoOf = ({ info, accesses }: InfoRow): SegmentInfo => decodeSegmentInfo(info, accesses);
