import { randomUUID } from 'node:crypto';
import { AppError, invalid } from '../../kernel/app-error.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Claim, DeliveryLedger } from '../../ports/delivery-ledger.ts';

interface Entry {
  /** `null` once settled. */
  readonly token: string | null;
  readonly expiresAtMs: number;
}

const MIN_SWEEP_ENTRIES = 1_024;

/** Ledger for one process: local runs and tests. Holds the same contract as the shared one. */
export class InProcessDeliveryLedger implements DeliveryLedger {
  readonly #entries = new Map<string, Entry>();
  readonly #clock: Clock;
  #sweepAtEntries = MIN_SWEEP_ENTRIES;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Entries held, expired ones that were not swept yet included. */
  get size(): number {
    return this.#entries.size;
  }

  async claim(deliveryId: string, leaseMs: number): Promise<Claim> {
    requirePositive('leaseMs', leaseMs);
    const entry = this.#live(deliveryId);
    if (entry) return { status: entry.token === null ? 'settled' : 'held' };
    const token = randomUUID();
    this.#set(deliveryId, token, leaseMs);
    return { status: 'granted', token };
  }

  async settle(deliveryId: string, token: string, retentionMs: number): Promise<void> {
    requirePositive('retentionMs', retentionMs);
    if (this.#live(deliveryId)?.token !== token) {
      throw new AppError('aborted', 'Lease lost before settle', { details: { deliveryId } });
    }
    this.#set(deliveryId, null, retentionMs);
  }

  async release(deliveryId: string, token: string): Promise<void> {
    if (this.#live(deliveryId)?.token === token) this.#entries.delete(deliveryId);
  }

  #live(deliveryId: string): Entry | undefined {
    const entry = this.#entries.get(deliveryId);
    return entry && entry.expiresAtMs > this.#clock.now() ? entry : undefined;
  }

  #set(deliveryId: string, token: string | null, lifetimeMs: number): void {
    this.#entries.set(deliveryId, { token, expiresAtMs: this.#clock.now() + lifetimeMs });
    // Sweeping when the size has doubled makes it a constant share of every claim.
    if (this.#entries.size < this.#sweepAtEntries) return;
    for (const id of this.#entries.keys()) if (!this.#live(id)) this.#entries.delete(id);
    this.#sweepAtEntries = Math.max(MIN_SWEEP_ENTRIES, this.#entries.size * 2);
  }
}

function requirePositive(path: string, ms: number): void {
  if (!(ms > 0)) throw invalid([{ path, message: `expected more than 0 milliseconds, got ${ms}` }]);
}
