import { AppError, invalid } from '../../kernel/app-error.ts';
import { newId } from '../../kernel/new-id.ts';
import { systemTimers } from '../../kernel/timers.ts';
import type { Claim, DeliveryLedger } from '../../ports/delivery-ledger.ts';
import { reach } from './reach.ts';
import { type RedisScriptCommands, script } from './script.ts';

/** The part of a Redis client this adapter calls. */
export interface RedisLedgerCommands extends RedisScriptCommands {
  set(key: string, value: string, px: 'PX', ms: number, nx: 'NX'): Promise<'OK' | null>;
  get(key: string): Promise<string | null>;
}

const SETTLED = 'settled';

// Compare and act in one script: between a GET and a SET the lease may change hands.
const SETTLE = script(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) return 1`);
const RELEASE = script(`
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end return 1`);

// A step whose answer was lost is tried again after this, and then after twice as long each time; in the
// end the lease runs out.
const FIRST_PAUSE_MS = 250;
const PAUSES = 10;
const MAX_WAITING = 1_000;

/**
 * Ledger shared by all instances. One key per delivery; Redis expires both leases and records.
 *
 * A Redis that only hangs does what it was sent when it goes on, for whoever gave up waiting: without
 * more, a claim that nobody knows of would hold its delivery until the lease runs out. So a step whose
 * answer was lost is made good in the background as soon as Redis answers again.
 */
export class RedisDeliveryLedger implements DeliveryLedger {
  readonly #redis: RedisLedgerCommands;
  readonly #prefix: string;
  /** Steps in the background. */
  #waiting = 0;

  constructor(redis: RedisLedgerCommands, { prefix }: { readonly prefix: string }) {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  async claim(deliveryId: string, leaseMs: number): Promise<Claim> {
    requirePositive('leaseMs', leaseMs);
    const key = this.#key(deliveryId);
    const token = newId();
    const claimed = reach('claim', async (): Promise<Claim> => {
      if ((await this.#redis.set(key, token, 'PX', Math.ceil(leaseMs), 'NX')) === 'OK') {
        return { status: 'granted', token };
      }
      // Expired between SET and GET: report `held`, the redelivery will claim it.
      return { status: (await this.#redis.get(key)) === SETTLED ? 'settled' : 'held' };
    });
    return claimed.catch((error: unknown) => {
      this.#makeGood(() => this.#release(deliveryId, token));
      throw error;
    });
  }

  async settle(deliveryId: string, token: string, retentionMs: number): Promise<void> {
    requirePositive('retentionMs', retentionMs);
    const input = {
      keys: [this.#key(deliveryId)],
      args: [token, SETTLED, Math.ceil(retentionMs)],
    };
    const settle = () => reach('settle', () => SETTLE(this.#redis, input));
    const settled = await settle().catch((error: unknown) => {
      this.#makeGood(settle);
      throw error;
    });
    if (settled !== 1) {
      throw new AppError('aborted', 'Lease lost before settle', { details: { deliveryId } });
    }
  }

  async release(deliveryId: string, token: string): Promise<void> {
    const release = () => this.#release(deliveryId, token);
    await release().catch((error: unknown) => {
      this.#makeGood(release);
      throw error;
    });
  }

  #release(deliveryId: string, token: string): Promise<unknown> {
    const input = { keys: [this.#key(deliveryId)], args: [token] };
    return reach('release', () => RELEASE(this.#redis, input));
  }

  /** Nobody waits for it; what is too much is left to the leases. */
  #makeGood(step: () => Promise<unknown>, pause = 0): void {
    if (pause === PAUSES || this.#waiting === MAX_WAITING) return;
    this.#waiting++;
    systemTimers.after(FIRST_PAUSE_MS * 2 ** pause, () => {
      this.#waiting--;
      step().catch(() => this.#makeGood(step, pause + 1));
    });
  }

  #key(deliveryId: string): string {
    return `${this.#prefix}:delivery:${encodeURIComponent(deliveryId.toWellFormed())}`;
  }
}

function requirePositive(path: string, ms: number): void {
  if (!(ms > 0)) throw invalid([{ path, message: `must be positive, got ${ms}` }]);
}
