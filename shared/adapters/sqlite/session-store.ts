import type { SessionChange } from '../../domain/change.ts';
import type { SessionHead, SummaryRecord } from '../../domain/head.ts';
import type { SessionKey } from '../../domain/ids.ts';
import { AppError } from '../../kernel/app-error.ts';
import type { Clock } from '../../kernel/clock.ts';
import type {
  CommitResult,
  DueQuery,
  DueSlice,
  LogQuery,
  LogSlice,
  SessionStore,
  SummaryQuery,
} from '../../ports/session-store.ts';
import { LogReader } from './log-reader.ts';
import { attempt } from './sqlite-error.ts';
import type { Tables } from './tables.ts';
import type { Transactions } from './transaction.ts';

export interface SqliteSessionStoreOptions {
  readonly tables: Tables;
  readonly transactions: Transactions;
  readonly clock: Clock;
}

/** Sessions in one SQLite file, which several processes may share. */
export class SqliteSessionStore implements SessionStore {
  readonly #tables: Tables;
  readonly #transactions: Transactions;
  readonly #clock: Clock;
  readonly #log: LogReader;

  constructor({ tables, transactions, clock }: SqliteSessionStoreOptions) {
    this.#tables = tables;
    this.#transactions = transactions;
    this.#clock = clock;
    this.#log = new LogReader(tables.items, tables.segments);
  }

  async loadHead(key: SessionKey): Promise<SessionHead | undefined> {
    return attempt('load a head', () => this.#tables.sessions.head(key));
  }

  async commit(change: SessionChange): Promise<CommitResult> {
    const nowMs = this.#clock.now();
    return this.#transactions.write('commit a change', () => {
      const { sessionKey, replays = [] } = change;
      const records = this.#tables.replays.inUse(sessionKey, replays, nowMs);
      if (records.length > 0) return { status: 'replayed', records };
      this.#assertNotErased(change, nowMs);
      this.#apply(change, nowMs);
      return { status: 'committed' };
    });
  }

  async readLog(key: SessionKey, query: LogQuery): Promise<LogSlice> {
    return this.#transactions.read('read a log', () => this.#log.read(key, query));
  }

  async readSeqs(key: SessionKey, seqs: readonly number[]): Promise<LogSlice> {
    return this.#transactions.read('read items', () => this.#log.readSeqs(key, seqs));
  }

  async readDue(key: SessionKey, query: DueQuery): Promise<DueSlice> {
    return this.#transactions.read('read due items', () => this.#tables.items.due(key, query));
  }

  async readSummaries(key: SessionKey, query: SummaryQuery): Promise<readonly SummaryRecord[]> {
    return attempt('read summaries', () => this.#tables.summaries.read(key, query));
  }

  /** In the commit's own transaction: an erasure that begins meanwhile waits for it, or stops it. */
  #assertNotErased({ head, guard }: SessionChange, nowMs: number): void {
    const tombstone = this.#tables.tombstones.live(head.userId, nowMs);
    if (!tombstone) return;
    if (tombstone.status === 'erasing') {
      throw new AppError('unavailable', 'The user is being erased; nothing is written meanwhile');
    }
    if (guard && (guard.isEvent || guard.startedAtMs <= tombstone.erasedAtMs)) {
      throw new AppError('erased', 'The user was erased; what came from before is not taken');
    }
  }

  #apply(change: SessionChange, nowMs: number): void {
    const { sessionKey: key, expectedVersion, head } = change;
    const { sessions, items, segments, summaries, replays, totals } = this.#tables;
    const before = sessions.stamp(key);
    if (before?.version !== expectedVersion) {
      throw new AppError('aborted', 'The session changed meanwhile', {
        details: { sessionKey: key, expectedVersion, foundVersion: before?.version },
      });
    }
    items.delete(key, change.deleteItems ?? []);
    segments.delete(key, change.deleteSegments ?? []);
    const gone = summaries.delete(key, change.deleteSummaries ?? []);
    for (const due of change.putItems ?? []) items.put(key, due);
    for (const segment of change.putSegments ?? []) segments.put(key, segment);
    for (const accesses of change.segmentAccesses ?? []) segments.putAccesses(key, accesses);
    const added = change.putSummary ? summaries.put(key, change.putSummary) : 0;
    replays.put(key, change.replays ?? [], nowMs);
    if (before) sessions.update(head);
    else sessions.insert(head);
    totals.add({
      sessions: before ? 0 : 1,
      summaries: added - gone,
      before: before?.tiers,
      after: head.tiers,
    });
  }
}
