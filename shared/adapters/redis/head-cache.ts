import type { SessionHead } from '../../domain/head.ts';
import { headJson } from '../../domain/head-json.ts';
import type { SessionKey } from '../../domain/ids.ts';
import { NO_RELIEF, type Relief } from '../../domain/metrics/relief.ts';
import { AppError } from '../../kernel/app-error.ts';
import { SECOND_MS } from '../../kernel/clock.ts';
import { newId } from '../../kernel/new-id.ts';
import type { CacheStats } from '../../ports/head-cache.ts';
import type {
  HeadAnswer,
  HeadProof,
  HeadQuestion,
  SharedHeadCache,
} from '../../ports/shared-head-cache.ts';
import type { RedisAccessLog } from './access-log.ts';
import { DROP, OUTDATE, PUT, READ } from './head-scripts.ts';
import { reach } from './reach.ts';
import type { RedisScriptCommands, Script, ScriptInput } from './script.ts';
import { type RedisStatsCommands, serverStats } from './server-stats.ts';
import { accessesKey, headKey, ticketKey } from './session-keys.ts';

export interface RedisHeadCacheOptions {
  readonly prefix: string;
  /** Time to live of a head that is neither read from the store nor written, in milliseconds. */
  readonly ttlMs: number;
  /** What of that time a head put now gets, from 0 to 1: less while Redis is under pressure. */
  readonly relief?: Relief;
  /** The nodes that hold keys; default: the client's one server. */
  readonly nodes?: () => readonly RedisStatsCommands[];
  /** Its counts travel with the questions for heads instead of on their own. */
  readonly accessLog?: RedisAccessLog;
}

// Longer than any read of the durable store that may still fill the cache takes.
const TICKET_TTL_MS = 10 * SECOND_MS;
// From before an erasure's first write until after its last; every step renews it.
const BLOCK_MS = 10 * SECOND_MS;

/** Heads in Redis as JSON, each method one script. See infra/decisions/0009-hot-tier.md. */
export class RedisHeadCache implements SharedHeadCache {
  readonly #redis: RedisScriptCommands & RedisStatsCommands;
  readonly #prefix: string;
  readonly #ttlMs: number;
  readonly #relief: Relief;
  readonly #nodes: () => readonly RedisStatsCommands[];
  readonly #accessLog: RedisAccessLog | undefined;
  #hits = 0;
  #misses = 0;

  constructor(
    redis: RedisScriptCommands & RedisStatsCommands,
    { prefix, ttlMs, relief = NO_RELIEF, nodes = () => [redis], accessLog }: RedisHeadCacheOptions,
  ) {
    this.#redis = redis;
    this.#prefix = prefix;
    this.#ttlMs = ttlMs;
    this.#relief = relief;
    this.#nodes = nodes;
    this.#accessLog = accessLog;
  }

  async read({ key, knownVersion, maxAgeMs }: HeadQuestion): Promise<HeadAnswer> {
    const rider = this.#accessLog?.take(key);
    const reply = await this.#run('read', READ, {
      keys: [...this.#keysOf(key), ...(rider?.keys ?? [])],
      args: [...[knownVersion ?? '', maxAgeMs, newId(), TICKET_TTL_MS], ...(rider?.args ?? [])],
    });
    const [status, text, ...totals] = replyOf(reply);
    const answer = answerOf(status, text);
    // A newer head may be one that counts were written down in.
    if (answer.status === 'newer') this.#accessLog?.forget(key);
    if (totals.length > 0) rider?.settle(totals);
    else rider?.giveBack();
    if (answer.status === 'unknown') this.#misses++;
    else this.#hits++;
    return answer;
  }

  async put(head: SessionHead, { ageMs, ticket = '', json }: HeadProof): Promise<void> {
    const ttlMs = Math.ceil(this.#ttlMs * this.#relief.share);
    await this.#run('put', PUT, {
      keys: this.#keysOf(head.sessionKey),
      args: [head.version, Math.ceil(ageMs), ticket, ttlMs, json ?? headJson(head)],
    });
  }

  async outdate(key: SessionKey, belowVersion: number): Promise<void> {
    await this.#run('outdate', OUTDATE, { keys: this.#keysOf(key), args: [belowVersion] });
  }

  async drop(key: SessionKey): Promise<number> {
    const keys = [...this.#keysOf(key), accessesKey(this.#prefix, key)];
    return Number(await this.#run('drop', DROP, { keys, args: [BLOCK_MS] }));
  }

  /** Memory, keys and evictions are the server's; hits and misses are this instance's questions. */
  async stats(): Promise<CacheStats> {
    return { ...(await serverStats(this.#nodes())), hits: this.#hits, misses: this.#misses };
  }

  #keysOf(key: SessionKey): [head: string, ticket: string] {
    return [headKey(this.#prefix, key), ticketKey(this.#prefix, key)];
  }

  #run(operation: string, step: Script, input: ScriptInput): Promise<unknown> {
    return reach(operation, () => step(this.#redis, input));
  }
}

/** READ's reply, whose shape the script gives it. */
function replyOf(reply: unknown): [status: number, text: string, ...totals: number[]] {
  if (Array.isArray(reply)) return reply as [number, string, ...number[]];
  throw new AppError('unavailable', 'Redis gave an answer that no script of ours gives');
}

function answerOf(status: number, text: string): HeadAnswer {
  if (status === 0) return { status: 'unchanged' };
  if (status >= 2) return { status: 'unknown', ticket: text, isHeld: status === 3 };
  try {
    // `put` wrote it.
    return { status: 'newer', head: JSON.parse(text) as SessionHead };
  } catch {
    // Spoiled: the next put of this version mends it.
    return { status: 'unknown', ticket: '', isHeld: true };
  }
}
