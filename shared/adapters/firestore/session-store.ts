import type { CollectionReference, Firestore, Query, Transaction } from '@google-cloud/firestore';
import type { SessionChange } from '../../domain/change.ts';
import type { SessionHead, SummaryRecord } from '../../domain/head.ts';
import type { SessionKey } from '../../domain/ids.ts';
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
import { Committer } from './commit.ts';
import type { Attempt } from './firestore-error.ts';
import { headOf, stampOf } from './head-doc.ts';
import type { KnownHeads } from './known-heads.ts';
import type { Layout } from './layout.ts';
import { itemOf, LogReader } from './log-reader.ts';
import { unpack } from './packing.ts';
import { inSnapshot } from './snapshot.ts';
import { type LogReading, readWhole } from './torn-read.ts';

export interface FirestoreSessionStoreOptions {
  readonly db: Firestore;
  readonly layout: Layout;
  readonly known: KnownHeads;
  readonly attempt: Attempt;
  readonly clock: Clock;
  readonly maxRequestBytes: number;
}

/** A query takes at most this many documents (a signed 32-bit integer). */
const MAX_LIMIT = 2 ** 31 - 1;

/** Sessions in Firestore: `sessions/{sessionKey}` and the collections under it. */
export class FirestoreSessionStore implements SessionStore {
  readonly #db: Firestore;
  readonly #layout: Layout;
  readonly #attempt: Attempt;
  readonly #known: KnownHeads;
  readonly #committer: Committer;

  constructor(options: FirestoreSessionStoreOptions) {
    this.#db = options.db;
    this.#layout = options.layout;
    this.#attempt = options.attempt;
    this.#known = options.known;
    this.#committer = new Committer(options);
  }

  async loadHead(key: SessionKey): Promise<SessionHead | undefined> {
    return this.#attempt('load a head', async () => {
      const snapshot = await this.#layout.head(key).get();
      const stamp = stampOf(snapshot);
      if (!stamp || !snapshot.updateTime) return undefined;
      const head = headOf(snapshot);
      const { version, summaries, hasSegments = false, commitIds } = stamp;
      if (stamp.guardedUntilMs === undefined && stamp.erasingUntilMs === undefined) {
        const { updateTime } = snapshot;
        this.#known.put(key, { version, summaries, hasSegments, commitIds, updateTime });
      } else {
        this.#known.drop(key);
      }
      return head;
    });
  }

  async commit(change: SessionChange): Promise<CommitResult> {
    return this.#attempt('commit a change', () => this.#committer.commit(change));
  }

  async readLog(key: SessionKey, query: LogQuery): Promise<LogSlice> {
    return this.#wholeLog(key, 'read a log', (reader) => reader.read(query));
  }

  async readSeqs(key: SessionKey, seqs: readonly number[]): Promise<LogSlice> {
    return this.#wholeLog(key, 'read items', (reader) => reader.readSeqs(seqs));
  }

  async readDue(key: SessionKey, query: DueQuery): Promise<DueSlice> {
    const items = this.#layout.items(key);
    return this.#snapshot('read due items', async (transaction) => {
      const { itemCount = Infinity, limit } = query;
      // One after the other only where the second query may not be needed at all.
      const due = transaction.get(dueQuery(items, query));
      if (itemCount <= limit && (await due).size >= itemCount) {
        return { items: (await due).docs.map(itemOf) };
      }
      const [found, next] = await Promise.all([due, transaction.get(nextDueQuery(items, query))]);
      const nextDueAtMs: unknown = next.docs[0]?.get('dueAtMs');
      return {
        items: found.docs.map(itemOf),
        ...(typeof nextDueAtMs === 'number' ? { nextDueAtMs } : {}),
      };
    });
  }

  async readSummaries(key: SessionKey, query: SummaryQuery): Promise<readonly SummaryRecord[]> {
    return this.#attempt('read summaries', async () => {
      if ('id' in query) {
        const document = await this.#layout.summary(key, query.id).get();
        const data = document.data();
        return data ? [unpack<SummaryRecord>(data, 'summary')] : [];
      }
      const { docs } = await this.#summaries(key, query).get();
      // Clocks may lag, and ranges may be equal: the order of the commits decides.
      return docs
        .toSorted((a, b) => Number(a.get('order')) - Number(b.get('order')))
        .map((document) => unpack<SummaryRecord>(document.data(), 'summary'));
    });
  }

  #summaries(key: SessionKey, query: Exclude<SummaryQuery, { readonly id: string }>): Query {
    const all = this.#layout.summaries(key);
    if ('coveringSeq' in query) {
      const { coveringSeq } = query;
      return all
        .where('toSeq', '>=', coveringSeq)
        .where('fromSeq', '<=', coveringSeq)
        .orderBy('toSeq');
    }
    return all.where('toSeq', '<', query.endingBefore).orderBy('order', 'desc').limit(1);
  }

  #snapshot<T>(operation: string, read: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#attempt(operation, () => inSnapshot(this.#db, read));
  }

  #wholeLog(
    key: SessionKey,
    operation: string,
    read: (reader: LogReader) => Promise<LogReading>,
  ): Promise<LogSlice> {
    return readWhole(() =>
      this.#snapshot(operation, (transaction) =>
        read(new LogReader(this.#layout, transaction, key)),
      ),
    );
  }
}

const dueQuery = (items: CollectionReference, { nowMs, fromSeq, limit }: DueQuery): Query =>
  items
    .where('seq', '>=', fromSeq)
    .where('dueAtMs', '<=', nowMs)
    .orderBy('seq')
    .limit(Math.min(limit, MAX_LIMIT));

const nextDueQuery = (items: CollectionReference, { nowMs }: DueQuery): Query =>
  items.where('dueAtMs', '>', nowMs).orderBy('dueAtMs').limit(1).select('dueAtMs');
