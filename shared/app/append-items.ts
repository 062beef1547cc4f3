import { type AppendLimits, decideAppend } from '../domain/append-change.ts';
import type { ReplayRecord } from '../domain/change.ts';
import { countableText } from '../domain/formats/tokens.ts';
import { itemCountOf, type SessionHead } from '../domain/head.ts';
import { itemIdOf, type SessionKey, sessionKeyOf } from '../domain/ids.ts';
import { type ItemDraft, NO_ACCESSES, type StoredItem } from '../domain/item.ts';
import { METRICS } from '../domain/metrics/catalogue.ts';
import { AppError } from '../kernel/app-error.ts';
import { type Clock, DAY_MS } from '../kernel/clock.ts';
import { dropAbsent } from '../kernel/drop-absent.ts';
import { mapGivingWay } from '../kernel/give-way.ts';
import { canonicalJson } from '../kernel/json.ts';
import { composeKey, sha256 } from '../kernel/key.ts';
import { retryAborted } from '../kernel/retry.ts';
import type { Turns } from '../kernel/turns.ts';
import type { BusMessage } from '../ports/event-bus.ts';
import type { SessionStore } from '../ports/session-store.ts';
import type { TokenCounter } from '../ports/token-counter.ts';
import { type AnnounceDeps, announce } from './announce.ts';
import type { AppendCommand, AppendedItem, AppendResult } from './memory.ts';
import { eventMessage, summarizeMessage } from './messages.ts';

export interface AppendDeps extends AnnounceDeps {
  readonly store: SessionStore;
  /** Of the sessions that are written to. */
  readonly turns: Turns;
  readonly counter: TokenCounter;
  readonly clock: Clock;
  readonly options: AppendLimits & { readonly idempotencyDays: number };
}

/** A draft, counted and named once, whatever the number of attempts to commit it. */
interface Prepared {
  readonly draft: ItemDraft;
  readonly tokens: number;
  /** The idempotency key that it goes by, if any. */
  readonly key: string | undefined;
  readonly hash: string;
}

/**
 * Appends items, all or none, and answers when they are durable. What was appended before under the
 * same idempotency keys is answered as it was then, and not appended again.
 *
 * @throws AppError `conflict` when a key was used for something else; `erased` when the user was.
 */
export async function appendItems(deps: AppendDeps, command: AppendCommand): Promise<AppendResult> {
  const key = sessionKeyOf(command);
  const known = new Map<string, ReplayRecord>();
  const { result, messages } = await deps.turns.take(key, async () => {
    const prepared = await prepare(command, deps.counter);
    return retryAborted(async () => {
      for (;;) {
        // A replay is answered from the head itself: that one must be the newest.
        const head = await deps.store.loadHead(key, known.size === 0 ? 'commit' : undefined);
        const attempt = await tryAppend(deps, { command, key, prepared, known, head });
        if (attempt) return attempt;
      }
    });
  });
  if (messages.length > 0) await announce(deps, key, messages);
  return result;
}

/** What was appended, and what others have to be told of it. */
interface Appended {
  readonly result: AppendResult;
  readonly messages: readonly BusMessage[];
}

interface Attempt {
  readonly command: AppendCommand;
  readonly key: SessionKey;
  readonly prepared: readonly Prepared[];
  /** Keys found in use so far; grows when a commit tells of more. */
  readonly known: Map<string, ReplayRecord>;
  readonly head: SessionHead | undefined;
}

/** `undefined` when keys turned out to be in use: `known` has them now. */
async function tryAppend(deps: AppendDeps, attempt: Attempt): Promise<Appended | undefined> {
  const { command, key, prepared, known, head } = attempt;
  const fresh = unknownOf(prepared, known);
  const nowMs = deps.clock.now();
  const items = fresh.map((one, index) => place(one, (head?.lastSeq ?? 0) + index + 1, nowMs));
  if (items.length === 0) return { result: answer(attempt, head, []), messages: [] };
  const { change, wantsSummary } = decideAppend({
    head,
    session: command,
    items,
    replays: replaysOf(fresh, items, nowMs + deps.options.idempotencyDays * DAY_MS),
    guard: { startedAtMs: command.startedAtMs, isEvent: command.isEvent },
    retentionDays: command.retentionDays,
    nowMs,
    limits: deps.options,
  });
  const result = await deps.store.commit(change);
  if (result.status === 'replayed') {
    for (const record of result.records) known.set(record.key, record);
    return undefined;
  }
  deps.meter.count(METRICS.itemsAppended, items.length);
  if (wantsSummary) deps.meter.count(METRICS.summariesRequested);
  const messages = messagesOf(command, key, items, wantsSummary);
  return { result: answer(attempt, change.head, items), messages };
}

/** Gives way between large items: a request of many would hold up everybody else until all are counted. */
function prepare({ items }: AppendCommand, counter: TokenCounter): Promise<Prepared[]> {
  const firstKey = items.find(({ idempotencyKey }) => idempotencyKey !== undefined)?.idempotencyKey;
  const hashes = new Map<string, string>();
  const texts = items.map((draft) => ({ draft, text: countableText(draft) }));
  const unitsOf = ({ text }: { readonly text: string }) => text.length;
  return mapGivingWay(texts, unitsOf, ({ draft, text }, index): Prepared => {
    const { idempotencyKey } = draft;
    const tokens = counter.count(text);
    if (firstKey === undefined) return { draft, tokens, key: undefined, hash: '' };
    const hash = contentHash(draft);
    if (idempotencyKey === undefined) {
      // Beside keyed items, one without a key goes by the request's first key, its place and its
      // content: a request sent again as it was is a replay as a whole.
      const key = composeKey('beside', firstKey, String(index), hash);
      return { draft, tokens, key, hash };
    }
    if ((hashes.get(idempotencyKey) ?? hash) !== hash) throw reused(idempotencyKey);
    hashes.set(idempotencyKey, hash);
    return { draft, tokens, key: composeKey('key', idempotencyKey), hash };
  });
}

/** Of what the item is, however it was said: a default that is sent equals one that is left out. */
function contentHash({ idempotencyKey: _, pinned, metadata, ...sent }: ItemDraft): string {
  const said = {
    ...(pinned && { pinned }),
    ...(metadata && Object.keys(metadata).length > 0 && { metadata }),
  };
  return sha256(canonicalJson({ ...sent, ...said }));
}

/** What has to be appended: one of each key that is not in use. */
function unknownOf(
  prepared: readonly Prepared[],
  known: ReadonlyMap<string, ReplayRecord>,
): Prepared[] {
  const seen = new Set<string>();
  return prepared.filter(({ key, hash, draft }) => {
    if (key === undefined) return true;
    const record = known.get(key);
    if (record && record.hash !== hash) throw reused(draft.idempotencyKey ?? key);
    const isNew = !record && !seen.has(key);
    seen.add(key);
    return isNew;
  });
}

const reused = (idempotencyKey: string) =>
  new AppError('conflict', 'This idempotency key was used for another item', {
    details: { idempotencyKey },
  });

function place({ draft, tokens }: Prepared, seq: number, nowMs: number): StoredItem {
  const { idempotencyKey: _, ...fields } = draft;
  return {
    ...dropAbsent(fields),
    seq,
    createdAtMs: draft.createdAtMs ?? nowMs,
    pinned: draft.pinned ?? false,
    tokens,
    tier: 'hot',
    accesses: NO_ACCESSES,
  };
}

function replaysOf(
  fresh: readonly Prepared[],
  items: readonly StoredItem[],
  expiresAtMs: number,
): ReplayRecord[] {
  return items.flatMap(({ seq, createdAtMs, tokens }, index) => {
    const { key, hash = '' } = fresh[index] ?? {};
    return key === undefined ? [] : [{ key, hash, seq, createdAtMs, tokens, expiresAtMs }];
  });
}

function answer(
  { key, prepared, known }: Attempt,
  head: SessionHead | undefined,
  items: readonly StoredItem[],
): AppendResult {
  const byKey = new Map<string, AppendedItem>();
  const appended = items.map((item) => appendedOf(key, item));
  const rest = appended.values();
  const answers = prepared.map((one): AppendedItem | undefined => {
    const record = one.key === undefined ? undefined : known.get(one.key);
    const item =
      (record && appendedOf(key, record)) ??
      (one.key === undefined ? undefined : byKey.get(one.key)) ??
      rest.next().value;
    if (one.key !== undefined && item) byKey.set(one.key, item);
    return item;
  });
  return {
    items: answers.filter((item) => item !== undefined),
    session: { itemCount: head ? itemCountOf(head) : 0, lastSeq: head?.lastSeq ?? 0 },
    isReplay: items.length === 0,
  };
}

const appendedOf = (
  key: SessionKey,
  { seq, createdAtMs, tokens }: Pick<StoredItem, 'seq' | 'createdAtMs' | 'tokens'>,
): AppendedItem => ({ id: itemIdOf(key, seq), seq, tier: 'hot', createdAtMs, tokens });

function messagesOf(
  { userId, sessionId }: AppendCommand,
  key: SessionKey,
  items: readonly StoredItem[],
  wantsSummary: boolean,
): BusMessage[] {
  const seqs = items.map(({ seq }) => seq);
  const appended = eventMessage(key, {
    type: 'item.appended',
    userId,
    sessionId,
    itemIds: seqs.map((seq) => itemIdOf(key, seq)),
    fromSeq: seqs[0] ?? 0,
    toSeq: seqs.at(-1) ?? 0,
  });
  return wantsSummary ? [appended, summarizeMessage({ userId, sessionId }, key)] : [appended];
}
