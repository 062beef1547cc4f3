import { LRUCache } from 'lru-cache';
import type { SessionKey, SessionRef } from '../../domain/ids.ts';
import { METRICS } from '../../domain/metrics/catalogue.ts';
import { type Clock, DAY_MS, MINUTE_MS, SECOND_MS } from '../../kernel/clock.ts';
import { roomFor } from '../../kernel/room-for.ts';
import type { AccessLog, PendingAccesses } from '../../ports/access-log.ts';
import type { Meter } from '../../ports/meter.ts';
import { ADD_ACCESSES, TAKE_ACCESSES } from './head-scripts.ts';
import { reach } from './reach.ts';
import type { RedisScriptCommands } from './script.ts';
import { accessesKey, dirtyKey, headKey } from './session-keys.ts';

/** The part of a Redis client this adapter calls. */
export interface RedisAccessCommands extends RedisScriptCommands {
  sadd(key: string, member: string): Promise<unknown>;
  srem(key: string, member: string): Promise<unknown>;
  spop(key: string, count: number): Promise<string[]>;
  sscan(key: string, cursor: string): Promise<[cursor: string, members: string[]]>;
  hgetall(key: string): Promise<Record<string, string>>;
  unlink(key: string): Promise<unknown>;
}

export interface RedisAccessLogOptions {
  readonly prefix: string;
  readonly meter: Meter;
  readonly clock: Clock;
  /** One script may touch keys of one session alone: the set of sessions is updated beside it. */
  readonly isCluster?: boolean;
}

/** Counts of one session on their way, for a script that is sent anyway. */
export interface Rider {
  readonly keys: readonly string[];
  readonly args: readonly (string | number)[];
  /** Takes the new totals of the seqs, in the order of `args`. */
  settle(totals: readonly number[]): void;
  /** The script did not add them: they wait for the next one. */
  giveBack(): void;
}

interface Local {
  readonly names: string;
  /** Not sent yet. */
  readonly counts: Map<number, number>;
  readonly sinceMs: number;
}

// Three times as long as a migration may be late without anybody noticing.
const ACCESSES_TTL_MS = 3 * DAY_MS;
// Counts of a second travel together: added one by one they take a third of the time of a hot context.
const WAIT_MS = SECOND_MS;
const MAX_WAITING_SESSIONS = 10_000;
const MAX_KNOWN_SESSIONS = 10_000;
// Others write counts down without telling us: what Redis told of them is believed for this long.
const KNOWN_TTL_MS = MINUTE_MS;
const SENT_AT_ONCE = 50;

/**
 * Accesses of all instances: a hash per session and a set of the sessions that have one. Counts wait
 * here for a second, then travel with the next question about a head.
 */
export class RedisAccessLog implements AccessLog {
  readonly #redis: RedisAccessCommands;
  readonly #prefix: string;
  readonly #meter: Meter;
  readonly #clock: Clock;
  readonly #isCluster: boolean;
  /** By first access. */
  readonly #waiting = new Map<SessionKey, Local>();
  /** What Redis holds as far as it told us, over all instances. */
  readonly #known = new LRUCache<SessionKey, Map<number, number>>({
    ...roomFor(MAX_KNOWN_SESSIONS),
    ttl: KNOWN_TTL_MS,
    ttlResolution: 0,
  });

  constructor(redis: RedisAccessCommands, options: RedisAccessLogOptions) {
    const { prefix, meter, clock, isCluster = false } = options;
    this.#redis = redis;
    this.#prefix = prefix;
    this.#meter = meter;
    this.#clock = clock;
    this.#isCluster = isCluster;
  }

  record({ userId, sessionId }: SessionRef, key: SessionKey, seqs: readonly number[]): void {
    if (seqs.length === 0) return;
    const counts = new Map<number, number>();
    for (const seq of seqs) counts.set(seq, (counts.get(seq) ?? 0) + 1);
    this.#wait(key, JSON.stringify([userId, sessionId]), counts);
  }

  /** What Redis told of a session may be written down by now. */
  forget(key: SessionKey): void {
    this.#known.delete(key);
  }

  pending(key: SessionKey, seq: number): number {
    const waiting = this.#waiting.get(key)?.counts.get(seq) ?? 0;
    return waiting + (this.#known.get(key)?.get(seq) ?? 0);
  }

  hasten(key: SessionKey): Promise<void> {
    return this.#send(key).catch(() => this.#meter.count(METRICS.accessesDropped));
  }

  /** Without Redis only what waits here can be seen. */
  async *peek(): AsyncGenerator<PendingAccesses> {
    const seen = new Set<SessionKey>();
    for (const [key, { names, counts }] of [...this.#waiting]) {
      seen.add(key);
      const sent = await this.#readAll(key);
      yield pendingOf(key, names, sumOf(counts, sent?.counts ?? new Map()));
    }
    for await (const key of this.#dirty()) {
      // A scan may give a member twice.
      if (seen.has(key)) continue;
      seen.add(key);
      const pending = await this.#readAll(key);
      if (pending) yield pending;
    }
  }

  async *#dirty(): AsyncGenerator<SessionKey> {
    let cursor = '0';
    do {
      const scan = this.#redis.sscan(dirtyKey(this.#prefix), cursor);
      const [next, keys] = await scan.catch(() => ['0', []] as const);
      // Session keys, because this adapter put them there.
      yield* keys as SessionKey[];
      cursor = next;
    } while (cursor !== '0');
  }

  async #readAll(key: SessionKey): Promise<PendingAccesses | undefined> {
    const fields = await this.#redis.hgetall(accessesKey(this.#prefix, key)).catch(() => ({}));
    return pendingIn(key, new Map(Object.entries(fields)));
  }

  /** Without Redis only what waits here can be drained. */
  async drain(limit: number): Promise<readonly PendingAccesses[]> {
    const own = [...this.#waiting].slice(0, limit);
    for (const [key] of own) this.#waiting.delete(key);
    const sessions = own.map(([key, { names, counts }]) => pendingOf(key, names, counts));
    if (sessions.length > 0) return sessions;
    try {
      return await this.#takeSome(limit);
    } catch {
      this.#meter.count(METRICS.accessesDropped);
      return [];
    }
  }

  drop(key: SessionKey): void {
    this.#waiting.delete(key);
    this.#known.delete(key);
    this.#unawaited(this.#redis.unlink(accessesKey(this.#prefix, key)));
    this.#unawaited(this.#redis.srem(dirtyKey(this.#prefix), key));
  }

  /**
   * Takes this session's counts to travel with a script, once they have waited; the ones of other
   * sessions that have are sent beside it, without anybody waiting for them.
   */
  take(key: SessionKey): Rider | undefined {
    const beforeMs = this.#clock.now() - WAIT_MS;
    const sinceMs = this.#waiting.get(key)?.sinceMs ?? Number.POSITIVE_INFINITY;
    const rider = sinceMs <= beforeMs ? this.#riderOf(key) : undefined;
    let sent = 0;
    for (const [other, local] of this.#waiting) {
      if (local.sinceMs > beforeMs || sent++ >= SENT_AT_ONCE) break;
      this.#unawaited(this.#send(other));
    }
    return rider;
  }

  #riderOf(key: SessionKey): Rider | undefined {
    const local = this.#waiting.get(key);
    if (!local) return undefined;
    this.#waiting.delete(key);
    // Before the counts: a set member without counts is harmless, counts without one are lost.
    if (this.#isCluster) this.#unawaited(this.#redis.sadd(dirtyKey(this.#prefix), key));
    const seqs = [...local.counts.keys()];
    const accesses = accessesKey(this.#prefix, key);
    return {
      keys: this.#isCluster ? [accesses] : [accesses, dirtyKey(this.#prefix)],
      args: [key, local.names, ACCESSES_TTL_MS, ...[...local.counts].flat()],
      settle: (totals) => {
        const known = this.#known.get(key) ?? new Map<number, number>();
        for (const [index, seq] of seqs.entries()) known.set(seq, totals[index] ?? 0);
        this.#known.set(key, known);
      },
      giveBack: () => this.#wait(key, local.names, local.counts, local.sinceMs),
    };
  }

  async #send(key: SessionKey): Promise<void> {
    const rider = this.#riderOf(key);
    if (!rider) return;
    // ADD_ACCESSES answers with the totals, numbers all of them.
    const [accesses = '', ...dirty] = rider.keys;
    const input = { keys: [accesses, headKey(this.#prefix, key), ...dirty], args: rider.args };
    const totals = (await reach('record', () => ADD_ACCESSES(this.#redis, input))) as number[];
    if (totals.length > 0) rider.settle(totals);
  }

  /** No session only when the set is empty: a member may have lost its counts. */
  async #takeSome(limit: number): Promise<readonly PendingAccesses[]> {
    for (;;) {
      const popped = await reach('drain', () => this.#redis.spop(dirtyKey(this.#prefix), limit));
      // Session keys, because this adapter put them there.
      const keys = popped as SessionKey[];
      const taken = await Promise.all(keys.map((key) => this.#takeAll(key)));
      const sessions = taken.filter((session) => session !== undefined);
      if (sessions.length > 0 || keys.length === 0) return sessions;
    }
  }

  async #takeAll(key: SessionKey): Promise<PendingAccesses | undefined> {
    const keys = [accessesKey(this.#prefix, key)];
    // HGETALL in a script answers with fields and values in turn.
    const flat = (await reach('drain', () => TAKE_ACCESSES(this.#redis, { keys }))) as string[];
    this.#known.delete(key);
    const fields = new Map<string, string>();
    for (let at = 0; at + 1 < flat.length; at += 2) fields.set(flat[at] ?? '', flat[at + 1] ?? '');
    return pendingIn(key, fields);
  }

  #wait(
    key: SessionKey,
    names: string,
    added: ReadonlyMap<number, number>,
    sinceMs = this.#clock.now(),
  ): void {
    const local = this.#waiting.get(key) ?? { names, counts: new Map<number, number>(), sinceMs };
    for (const [seq, count] of added) local.counts.set(seq, (local.counts.get(seq) ?? 0) + count);
    this.#waiting.set(key, local);
    if (this.#waiting.size > MAX_WAITING_SESSIONS) this.#giveUpOldest();
  }

  /** Counts may be lost by design; nobody waits to hear that they were. */
  #unawaited(command: Promise<unknown>): void {
    command.catch(() => this.#meter.count(METRICS.accessesDropped));
  }

  #giveUpOldest(): void {
    const [oldest] = this.#waiting;
    if (!oldest) return;
    const [key, { counts }] = oldest;
    this.#waiting.delete(key);
    const lost = [...counts.values()].reduce((sum, count) => sum + count, 0);
    this.#meter.count(METRICS.accessesDropped, lost);
  }
}

/** @param names as `record` wrote them. */
function pendingOf(
  sessionKey: SessionKey,
  names: string,
  counts: ReadonlyMap<number, number>,
): PendingAccesses {
  const [userId, sessionId] = JSON.parse(names) as [string, string];
  return { userId, sessionId, sessionKey, counts };
}

/** The counts in the fields of a session's hash, where it has any. */
function pendingIn(
  key: SessionKey,
  fields: ReadonlyMap<string, string>,
): PendingAccesses | undefined {
  const { names, ...counts } = Object.fromEntries(fields);
  if (names === undefined || fields.size < 2) return undefined;
  const numbers = Object.entries(counts).map(
    ([seq, count]) => [Number(seq), Number(count)] as const,
  );
  return pendingOf(key, names, new Map(numbers));
}

function sumOf(
  some: ReadonlyMap<number, number>,
  others: ReadonlyMap<number, number>,
): ReadonlyMap<number, number> {
  const sum = new Map(some);
  for (const [seq, count] of others) sum.set(seq, (sum.get(seq) ?? 0) + count);
  return sum;
}
