import { LRUCache } from 'lru-cache';
import type { Rate } from '../../domain/rate.ts';
import { SECOND_MS } from '../../kernel/clock.ts';
import { hashKey } from '../../kernel/key.ts';
import { roomFor } from '../../kernel/room-for.ts';
import type { Admission, RateLimiter } from '../../ports/rate-limiter.ts';
import { reach } from './reach.ts';
import { type RedisScriptCommands, script } from './script.ts';

// `takeTokens` of the domain, in one step: between a GET and a SET another instance takes the same.
// Answers the tokens granted, and the milliseconds until there is one.
const TAKE = script(`
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local interval, burst, wanted = 1000 / ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local from = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now)
local left = burst - (from - now) / interval
local granted = math.min(wanted, math.floor(left + 1e-6))
if granted < 1 then return {0, math.max(1, math.ceil((1 - left) * interval - 1e-6))} end
local full = from + granted * interval
redis.call('SET', KEYS[1], string.format('%.3f', full), 'PX', math.ceil(full - now))
return {granted, 0}`);

/** A pack is this part of a burst: one round trip for many calls, and little lost on an instance. */
const PACKS = 20;
/** What is left of a pack is used up within this time, or lost: never more than the rate. */
const PACK_MS = SECOND_MS;
const MAX_CALLERS = 100_000;
const ALLOWED: Admission = { status: 'allowed' };

interface RedisRateLimiterOptions {
  readonly prefix: string;
  readonly rate: Rate;
}

/**
 * Limits the calls that all instances see together. An instance takes tokens in packs, so that most
 * calls cost no round trip; keys are hashes and expire with the bucket, so that nothing of a user
 * stays.
 */
export class RedisRateLimiter implements RateLimiter {
  readonly #packs = new LRUCache<string, { left: number }>({
    ...roomFor(MAX_CALLERS),
    ttl: PACK_MS,
  });
  readonly #redis: RedisScriptCommands;
  readonly #prefix: string;
  readonly #rate: Rate;
  readonly #packSize: number;

  constructor(redis: RedisScriptCommands, { prefix, rate }: RedisRateLimiterOptions) {
    this.#redis = redis;
    this.#prefix = prefix;
    this.#rate = rate;
    this.#packSize = Math.max(1, Math.floor(rate.burst / PACKS));
  }

  take(key: string): Admission | Promise<Admission> {
    const pack = this.#packs.get(key);
    if (!pack || pack.left < 1) return this.#takePack(key);
    pack.left -= 1;
    return ALLOWED;
  }

  async #takePack(key: string): Promise<Admission> {
    const input = {
      keys: [`${this.#prefix}:rate:${hashKey(key)}`],
      args: [this.#rate.perSec, this.#rate.burst, this.#packSize],
    };
    // What the script answers.
    const [granted, retryAfterMs] = (await reach('take', () => TAKE(this.#redis, input))) as [
      number,
      number,
    ];
    if (granted < 1) return { status: 'limited', retryAfterMs };
    this.#packs.set(key, { left: granted - 1 });
    return ALLOWED;
  }
}
