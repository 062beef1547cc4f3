import type { OmittedCounts, Verdict } from '../domain/context/context-report.ts';
import type { Coverage } from '../domain/coverage.ts';
import type { Fact, Summary } from '../domain/head.ts';
import type { SessionRef } from '../domain/ids.ts';
import type { Format, ItemDraft, StoredItem, Tier } from '../domain/item.ts';
import type { MigrationCounts } from '../domain/migration.ts';
import type { ParkedContent } from '../domain/parked-content.ts';
import type { Deadline } from '../kernel/deadline.ts';
import type { Json, JsonObject } from '../kernel/json.ts';
import type { ErasureReceipt } from '../ports/erasure-store.ts';
import type { SessionCursor, SessionRow } from '../ports/session-index.ts';

/** An item as a caller sees it. */
export interface ItemView extends SessionRef, Omit<StoredItem, 'accesses'> {
  readonly id: string;
  readonly accessCount: number;
}

export interface AppendCommand extends SessionRef {
  readonly items: readonly ItemDraft[];
  /** When the request began to be handled, in Unix milliseconds. */
  readonly startedAtMs: number;
  /** How long the session's items are kept from now on, in days; absent: as before. */
  readonly retentionDays?: number | undefined;
  /** From an event: refused for an erased user as long as the tombstone stands. */
  readonly isEvent: boolean;
}

export interface AppendedItem {
  readonly id: string;
  readonly seq: number;
  readonly tier: Tier;
  readonly createdAtMs: number;
  readonly tokens: number;
}

export interface AppendResult {
  readonly items: readonly AppendedItem[];
  readonly session: { readonly itemCount: number; readonly lastSeq: number };
  /** Every item was there already under its idempotency key; nothing was appended. */
  readonly isReplay: boolean;
}

export interface ItemPatch {
  readonly pinned?: boolean;
  readonly metadata?: JsonObject;
}

export interface HistoryQuery extends SessionRef {
  readonly limit: number;
  readonly order: 'asc' | 'desc';
  /** The first seq wanted; absent: from the end that `order` starts at. */
  readonly fromSeq?: number;
}

export interface HistoryPage {
  readonly items: readonly ItemView[];
  /** The next page starts there, or past it where that item was deleted; absent on the last one. */
  readonly nextSeq?: number;
}

export interface ContextQuery extends SessionRef {
  /** Default: `maxContextTokens`. */
  readonly tokenBudget?: number;
  /**
   * Given: no more items than this, but for the newest group, which stays whole. Absent:
   * `maxContextItems` recent ones, and what no summary covers yet as far as the budget goes.
   */
  readonly maxItems?: number;
  readonly format: 'raw' | Format;
  readonly explain: boolean;
}

export interface ContextResult {
  readonly summary: Pick<Summary, 'id' | 'text' | 'fromSeq' | 'toSeq' | 'tokens'> | null;
  /** What stands beside the summary, or in it, to the letter. */
  readonly facts: readonly Pick<Fact, 'seq' | 'kind' | 'text'>[];
  readonly items: readonly ItemView[];
  /** Only with a provider format. */
  readonly messages?: readonly JsonObject[];
  /** System text, for providers that take it beside the messages (Anthropic, Gemini). */
  readonly system?: Json;
  readonly tokens: {
    readonly total: number;
    readonly budget: number;
    readonly counter: string;
    /** By how much the model counts more than the counter: `total` has it. Absent: not at all. */
    readonly correction?: number;
  };
  readonly omitted: OmittedCounts;
  readonly explain?: readonly Verdict[];
}

export interface SummaryPage {
  readonly summary: Summary;
  /** The originals, when asked for. */
  readonly items?: readonly ItemView[];
  readonly nextSeq?: number;
}

export interface SessionsPage {
  readonly sessions: readonly SessionRow[];
  readonly next?: SessionCursor;
}

export interface MigrateTiersOptions {
  /** Only tells what would move. */
  readonly dryRun: boolean;
  readonly deadline: Deadline;
  /** Only sessions of this part of the index; absent: all. */
  readonly shard?: number;
}

export interface MigrationReport extends MigrationCounts {
  /** Sessions in which something moved (with `dryRun`: would move). */
  readonly sessions: number;
  readonly durationMs: number;
  /** Sessions left for the next run, handed on by event. */
  readonly remaining: number;
}

export type SummarizeOutcome =
  | { readonly status: 'committed'; readonly summary: Summary }
  /** Nothing to fold, or another run was faster. */
  | { readonly status: 'nothing-to-do' }
  /** The result was empty or did not shrink; the old summary stays. */
  | { readonly status: 'refused'; readonly reason: string };

/** A message that no retry can mend, and what is known of it. */
export interface MessageToPark extends ParkedContent {
  /** Who could not handle it: a function, or a subscription of the embedded bus. */
  readonly name: string;
  readonly topic: string;
  readonly messageId: string;
  /** An error's code and message, and what else it tells. */
  readonly reason: JsonObject & { readonly code: string; readonly detail: string };
  /** The message as it came. It may hold memory content. */
  readonly message: Json;
  /** Deliveries that were tried. */
  readonly attempts: number;
}

/** `erased`: it came late for an erased user, and nothing of it was kept. */
export type Parking = 'parked' | 'erased';

/**
 * What Strata does, one method per use case. HTTP and events translate to it; the library's
 * `TieredStorageManager` offers it under the seed's names.
 */
export interface Memory {
  append(command: AppendCommand): Promise<AppendResult>;
  patchItem(id: string, patch: ItemPatch, owner?: string): Promise<ItemView>;
  deleteItem(id: string, owner?: string): Promise<void>;
  deleteSession(session: SessionRef): Promise<void>;
  /** @param owner only this user's item is found; absent: the caller may read any. */
  readItem(id: string, owner?: string): Promise<ItemView>;
  history(query: HistoryQuery): Promise<HistoryPage>;
  context(query: ContextQuery): Promise<ContextResult>;
  coverage(session: SessionRef): Promise<Coverage>;
  readSummary(
    id: string,
    page: {
      readonly expand: boolean;
      readonly limit: number;
      readonly fromSeq?: number;
      readonly owner?: string;
    },
  ): Promise<SummaryPage>;
  listSessions(
    userId: string,
    page: { readonly after?: SessionCursor; readonly limit: number },
  ): Promise<SessionsPage>;
  /** Everything of one user, a JSON value per line: the user, sessions, items, summaries. */
  exportUser(userId: string): AsyncIterable<JsonObject>;
  migrateTiers(options: MigrateTiersOptions): Promise<MigrationReport>;
  migrateSession(session: SessionRef, deadline: Deadline): Promise<MigrationCounts>;
  summarizeSession(session: SessionRef, signal?: AbortSignal): Promise<SummarizeOutcome>;
  /** Keeps a message that no retry can mend, for a person to look at. */
  park(message: MessageToPark): Promise<Parking>;
  /** Starts or continues an erasure; the receipt says whether it is done. */
  eraseUser(userId: string, deadline: Deadline): Promise<ErasureReceipt>;
  readReceipt(receiptId: string, owner?: string): Promise<ErasureReceipt>;
  /** Writes down accesses that are still only counted in memory. */
  flushAccesses(): Promise<void>;
}
