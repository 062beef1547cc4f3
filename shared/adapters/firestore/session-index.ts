import {
  AggregateField,
  type DocumentSnapshot,
  FieldPath,
  type Firestore,
  type Query,
} from '@google-cloud/firestore';
import { itemCountOf, type TierCounts } from '../../domain/head.ts';
import type { SessionKey } from '../../domain/ids.ts';
import type { Tier } from '../../domain/item.ts';
import type {
  DueKind,
  DueSession,
  DueSessionsQuery,
  RetentionSweep,
  SessionCursor,
  SessionIndex,
  SessionRow,
  StoreTotals,
} from '../../ports/session-index.ts';
import type { Attempt } from './firestore-error.ts';
import { decodeId, encodeId, type Layout, userKeyOf } from './layout.ts';
import { SHARDS } from './shards.ts';
import { inSnapshot } from './snapshot.ts';

const DUE_FIELD = { tier: 'dueAtMs', summary: 'summaryDueAtMs' } as const satisfies Record<
  DueKind,
  string
>;

/** Names the sweep. */
const RETENTION = 'retention';

/** A query takes at most this many documents (a signed 32-bit integer). */
const MAX_LIMIT = 2 ** 31 - 1;

/** Finds sessions through the fields beside their packed heads. */
export class FirestoreSessionIndex implements SessionIndex {
  readonly shards = SHARDS.length;
  readonly #db: Firestore;
  readonly #layout: Layout;
  readonly #attempt: Attempt;

  constructor(db: Firestore, layout: Layout, attempt: Attempt) {
    this.#db = db;
    this.#layout = layout;
    this.#attempt = attempt;
  }

  async listSessions(
    userId: string,
    { after, limit }: { readonly after?: SessionCursor; readonly limit: number },
  ): Promise<readonly SessionRow[]> {
    return this.#attempt('list sessions', async () => {
      const ordered = this.#layout.sessions
        .where('user', '==', userKeyOf(userId))
        .orderBy('lastItemAtMs', 'desc')
        .orderBy('sessionId');
      const from = after
        ? ordered.startAfter(after.lastItemAtMs, encodeId(after.sessionId))
        : ordered;
      const page = from.limit(Math.min(limit, MAX_LIMIT));
      const rows = await page.select('sessionId', 'lastItemAtMs', 'tiers').get();
      return rows.docs.map((document) => rowOf(userId, document));
    });
  }

  async listDue(
    kind: DueKind,
    { nowMs, limit, shard }: DueSessionsQuery,
  ): Promise<readonly DueSession[]> {
    return this.#attempt('list due sessions', async () => {
      const field = DUE_FIELD[kind];
      const due = this.#due(kind, nowMs, shard);
      const page = due.orderBy(field).limit(Math.min(limit, MAX_LIMIT));
      const rows = await page.select('userId', 'sessionId', field).get();
      return rows.docs.map((document) => ({
        userId: decodeId(String(document.get('userId'))),
        sessionId: decodeId(String(document.get('sessionId'))),
        dueAtMs: Number(document.get(field)),
      }));
    });
  }

  async countDue(kind: DueKind, nowMs: number, shard?: number): Promise<number> {
    return this.#attempt('count due sessions', async () => {
      const counted = await this.#due(kind, nowMs, shard).count().get();
      return counted.data().count;
    });
  }

  /**
   * Sums over the heads' own fields, from indexes. Counters kept by every commit would cost a write
   * with each append and let appends of unrelated sessions wait for each other on the counters'
   * documents; the sums cost 3 reads per 1,000 sessions when asked, cannot drift from the heads, and
   * read no head. (2026-11, https://firebase.google.com/docs/firestore/pricing: at one call a minute
   * the sums are the cheaper way up to about 700,000 sessions for a million appends a day.)
   */
  async totals(): Promise<StoreTotals> {
    return this.#attempt('read totals', () =>
      inSnapshot(this.#db, async (transaction) => {
        const { sessions } = this.#layout;
        const sumsOf = async (tier: Tier) =>
          (await transaction.get(sessions.aggregate(tierSums(tier)))).data();
        const [hot, warm, cold, counts] = await Promise.all([
          sumsOf('hot'),
          sumsOf('warm'),
          sumsOf('cold'),
          transaction.get(sessions.aggregate(COUNTS)),
        ]);
        return { ...counts.data(), tiers: { hot, warm, cold } };
      }),
    );
  }

  async listAll({
    after,
    limit,
  }: {
    readonly after?: SessionKey;
    readonly limit: number;
  }): Promise<readonly SessionRow[]> {
    return this.#attempt('list all sessions', async () => {
      const ordered = this.#layout.sessions.orderBy(FieldPath.documentId());
      const from = after === undefined ? ordered : ordered.startAfter(after);
      const page = from.limit(Math.min(limit, MAX_LIMIT));
      const rows = await page.select('userId', 'sessionId', 'lastItemAtMs', 'tiers').get();
      return rows.docs.map((document) => rowOf(decodeId(String(document.get('userId'))), document));
    });
  }

  async readSweep(): Promise<RetentionSweep | undefined> {
    return this.#attempt('read a sweep', async () => {
      // Its shape is known: `writeSweep` wrote it.
      const fields = (await this.#layout.sweep(RETENTION).get()).data();
      return fields as RetentionSweep | undefined;
    });
  }

  async writeSweep(sweep: RetentionSweep): Promise<void> {
    await this.#attempt('write a sweep', () => this.#layout.sweep(RETENTION).set({ ...sweep }));
  }

  /** Over all shards Firestore merges their parts of the index: the order is that of all sessions. */
  #due(kind: DueKind, nowMs: number, shard: number | undefined): Query {
    const { sessions } = this.#layout;
    const some =
      shard === undefined
        ? sessions.where('shard', 'in', SHARDS)
        : sessions.where('shard', '==', shard);
    return some.where(DUE_FIELD[kind], '<=', nowMs);
  }
}

const COUNTS = {
  sessions: AggregateField.count(),
  summaries: AggregateField.sum('summaries'),
};

const tierSums = (tier: Tier) => ({
  items: AggregateField.sum(`tiers.${tier}.items`),
  bytes: AggregateField.sum(`tiers.${tier}.bytes`),
  rawBytes: AggregateField.sum(`tiers.${tier}.rawBytes`),
});

function rowOf(userId: string, document: DocumentSnapshot): SessionRow {
  // Its shape is known: `headFields` wrote it.
  const tiers = document.get('tiers') as TierCounts;
  return {
    userId,
    sessionId: decodeId(String(document.get('sessionId'))),
    itemCount: itemCountOf({ tiers }),
    lastItemAtMs: Number(document.get('lastItemAtMs')),
    tiers,
  };
}
