import { AppError } from '../../kernel/app-error.ts';
import type { Claim, DeliveryLedger } from '../../ports/delivery-ledger.ts';

/** A grant that no ledger knows of. */
const UNRECORDED = 'unrecorded';

/**
 * Lets deliveries through while the ledger cannot be reached: it saves work, and every effect is safe
 * to repeat without it. Without this, events would wait for a cache.
 */
export class LenientDeliveryLedger implements DeliveryLedger {
  readonly #ledger: DeliveryLedger;

  constructor(ledger: DeliveryLedger) {
    this.#ledger = ledger;
  }

  claim(deliveryId: string, leaseMs: number): Promise<Claim> {
    return this.#ledger
      .claim(deliveryId, leaseMs)
      .catch(unlessUnavailable({ status: 'granted', token: UNRECORDED } as const));
  }

  async settle(deliveryId: string, token: string, retentionMs: number): Promise<void> {
    if (token === UNRECORDED) return;
    await this.#ledger
      .settle(deliveryId, token, retentionMs)
      .catch(unlessUnavailable<void>(undefined));
  }

  async release(deliveryId: string, token: string): Promise<void> {
    if (token === UNRECORDED) return;
    await this.#ledger.release(deliveryId, token).catch(unlessUnavailable<void>(undefined));
  }
}

const unlessUnavailable =
  <T>(instead: T) =>
  (thrown: unknown): T => {
    if (AppError.from(thrown).code === 'unavailable') return instead;
    throw thrown;
  };
