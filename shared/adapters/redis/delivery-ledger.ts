import { AppError, invalid } from '../../kernel/app-error.ts';
import { newId } from '../../kernel/new-id.ts';
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

/** Ledger shared by all instances. One key per delivery; Redis expires both leases and records. */
export class RedisDeliveryLedger implements DeliveryLedger {
  readonly #redis: RedisLedgerCommands;
  readonly #prefix: string;

  constructor(redis: RedisLedgerCommands, { prefix }: { readonly prefix: string }) {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  async claim(deliveryId: string, leaseMs: number): Promise<Claim> {
    requirePositive('leaseMs', leaseMs);
    const key = this.#key(deliveryId);
    const token = newId();
    return reach('claim', async () => {
      if ((await this.#redis.set(key, token, 'PX', Math.ceil(leaseMs), 'NX')) === 'OK') {
        return { status: 'granted', token };
      }
      // Expired between SET and GET: report `held`, the redelivery will claim it.
      return { status: (await this.#redis.get(key)) === SETTLED ? 'settled' : 'held' };
    });
  }

  async settle(deliveryId: string, token: string, retentionMs: number): Promise<void> {
    requirePositive('retentionMs', retentionMs);
    const input = {
      keys: [this.#key(deliveryId)],
      args: [token, SETTLED, Math.ceil(retentionMs)],
    };
    if ((await reach('settle', () => SETTLE(this.#redis, input))) !== 1) {
      throw new AppError('aborted', 'Lease lost before settle', { details: { deliveryId } });
    }
  }

  async release(deliveryId: string, token: string): Promise<void> {
    const input = { keys: [this.#key(deliveryId)], args: [token] };
    await reach('release', () => RELEASE(this.#redis, input));
  }

  #key(deliveryId: string): string {
    return `${this.#prefix}:delivery:${encodeURIComponent(deliveryId.toWellFormed())}`;
  }
}

function requirePositive(path: string, ms: number): void {
  if (!(ms > 0)) throw invalid([{ path, message: `must be positive, got ${ms}` }]);
}
