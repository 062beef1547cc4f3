import type { ItemDraft } from '../../domain/item.ts';
import { DAY_MS } from '../../kernel/clock.ts';
import type { JsonObject } from '../../kernel/json.ts';

/** A session as its callers name it. */
export interface SessionName {
  readonly userId: string;
  readonly sessionId: string;
}

/** What an append says of one item. */
export interface Receipt {
  readonly id: string;
  readonly seq: number;
  readonly tier: string;
  readonly createdAtMs: number;
  readonly tokens: number;
}

export interface PlainItem extends Omit<Receipt, 'tier'> {
  /** As it was said. */
  readonly said: Omit<ItemDraft, 'idempotencyKey' | 'createdAtMs' | 'pinned' | 'metadata'>;
  isPinned: boolean;
  metadata: JsonObject | undefined;
  /** Answers that it was in: no count of its accesses may be higher. */
  reads: number;
}

interface Answered {
  readonly said: string;
  readonly receipt: Receipt;
  readonly untilMs: number;
}

export interface PlainSummary {
  readonly id: string;
  readonly fromSeq: number;
  readonly toSeq: number;
}

export interface PlainSession extends SessionName {
  /** Absent: items are kept for good. */
  retentionDays?: number;
  /** The last seq that expired. */
  expiredToSeq: number;
  lastSeq: number;
  lastItemAtMs: number;
  /** Live items in seq order. */
  readonly items: PlainItem[];
  /** Idempotency keys with what was answered under them. */
  readonly answered: Map<string, Answered>;
  /** Oldest first; each covers more than the one before. */
  readonly summaries: PlainSummary[];
}

/** An item of an append, under the key that it goes by. */
export interface Asked {
  readonly draft: ItemDraft;
  readonly key: string | undefined;
  /** The draft without its key, as text. */
  readonly said: string;
}

/** An append whose keys are still remembered, to be sent again. */
export interface SentRequest extends SessionName {
  readonly items: readonly ItemDraft[];
  readonly atMs: number;
}

/** How long a key is remembered, by the options' default. */
const IDEMPOTENCY_MS = 7 * 86_400_000;

/** What the system should remember, as plain lists that know nothing of tiers, caches or heads. */
export class PlainMemory {
  readonly #sessions = new Map<string, PlainSession>();
  readonly sent: SentRequest[] = [];
  readonly erasedAtMs = new Map<string, number>();
  /**
   * How often items that are gone were read, by session and seq: an instance that did not delete
   * the session may hold counts back, and they fall to what has the seq then.
   */
  readonly #readsBefore = new Map<string, Map<number, number>>();
  #drawn = 0;

  /** A number that no other has in this run. */
  draw(): number {
    return ++this.#drawn;
  }

  get sessions(): readonly PlainSession[] {
    return [...this.#sessions.values()];
  }

  session(name: SessionName): PlainSession | undefined {
    return this.#sessions.get(idOf(name));
  }

  items(name: SessionName): readonly PlainItem[] {
    return this.session(name)?.items ?? [];
  }

  /** What these items should be answered with where they are known already, in the order asked. */
  known(name: SessionName, asked: readonly Asked[], nowMs: number): (Answered | undefined)[] {
    const answered = this.session(name)?.answered;
    return asked.map(({ key }) => {
      const one = key === undefined ? undefined : answered?.get(key);
      return one && one.untilMs >= nowMs ? one : undefined;
    });
  }

  /** Takes in an item that was appended. */
  add(name: SessionName, { draft, key, said }: Asked, receipt: Receipt, nowMs: number): void {
    const session = this.session(name) ?? this.#begin(name);
    const { idempotencyKey: _, createdAtMs: __, pinned, metadata, ...rest } = draft;
    const { tier: ___, ...answer } = receipt;
    const reads = this.#readsBefore.get(idOf(name))?.get(receipt.seq) ?? 0;
    const own = { said: rest, isPinned: pinned ?? false, metadata, reads };
    session.items.push({ ...answer, ...own });
    session.lastSeq = receipt.seq;
    session.lastItemAtMs = receipt.createdAtMs;
    if (key === undefined) return;
    session.answered.set(key, { said, receipt, untilMs: nowMs + IDEMPOTENCY_MS });
  }

  /** Forgets an item, and every summary whose range it is in. */
  remove(session: PlainSession, item: PlainItem): void {
    session.items.splice(session.items.indexOf(item), 1);
    this.#keepReads(session, [item]);
    this.dropSummaries(session, item);
  }

  /** Forgets every summary that stands for the item. */
  dropSummaries(session: PlainSession, item: PlainItem): void {
    const left = session.summaries.filter(({ toSeq }) => toSeq < item.seq);
    session.summaries.splice(0, session.summaries.length, ...left);
  }

  /** Forgets what is past its retention: the oldest items, a batch of each thirtieth of it at once. */
  expire(nowMs: number): void {
    for (const session of this.sessions) {
      const keptMs = (session.retentionDays ?? 0) * DAY_MS;
      for (let [first] = session.items; keptMs > 0 && first; [first] = session.items) {
        const batchAtMs = first.createdAtMs - (first.createdAtMs % (keptMs / 30));
        if (nowMs < batchAtMs + keptMs) break;
        this.remove(session, first);
        session.expiredToSeq = first.seq;
      }
    }
  }

  removeSession(name: SessionName): void {
    this.#keepReads(name, this.items(name));
    this.#sessions.delete(idOf(name));
  }

  eraseUser(userId: string, nowMs: number): void {
    for (const one of this.sessions) if (one.userId === userId) this.removeSession(one);
    this.erasedAtMs.set(userId, nowMs);
  }

  #keepReads(name: SessionName, items: readonly PlainItem[]): void {
    const before = this.#readsBefore.get(idOf(name)) ?? new Map<number, number>();
    for (const { seq, reads } of items) before.set(seq, reads);
    this.#readsBefore.set(idOf(name), before);
  }

  #begin({ userId, sessionId }: SessionName): PlainSession {
    const session: PlainSession = {
      ...{ userId, sessionId, lastSeq: 0, lastItemAtMs: 0, expiredToSeq: 0 },
      ...{ items: [], answered: new Map(), summaries: [] },
    };
    this.#sessions.set(idOf(session), session);
    return session;
  }
}

const idOf = ({ userId, sessionId }: SessionName): string => JSON.stringify([userId, sessionId]);

/**
 * The items of a request under the keys that they go by: their own; beside one that has a key, the
 * others go by the first key, their place and their content.
 */
export function askedOf(items: readonly ItemDraft[]): Asked[] {
  const first = items.find(({ idempotencyKey }) => idempotencyKey !== undefined)?.idempotencyKey;
  return items.map((draft, index) => {
    const { idempotencyKey, ...rest } = draft;
    const said = JSON.stringify(rest);
    if (idempotencyKey !== undefined) return { draft, said, key: `own ${idempotencyKey}` };
    const beside = first === undefined ? undefined : JSON.stringify([first, index, said]);
    return { draft, said, key: beside };
  });
}

/** The last seq that a summary stands for. */
export const coveredTo = (session: PlainSession | undefined): number =>
  session?.summaries.at(-1)?.toSeq ?? 0;
