export type Claim =
  | { readonly status: 'granted'; readonly token: string }
  | { readonly status: 'held' }
  | { readonly status: 'settled' };

/**
 * Remembers which event deliveries took effect, so that a redelivery has none.
 *
 * Every method throws `AppError` `unavailable` when the backing store cannot be reached.
 */
export interface DeliveryLedger {
  /**
   * Reserves a delivery, atomically across all instances.
   *
   * @param leaseMs lifetime of the reservation in milliseconds. Make it longer than the
   *   function timeout, or a slow attempt and its own retry run side by side.
   */
  claim(deliveryId: string, leaseMs: number): Promise<Claim>;

  /**
   * Records the delivery as done and forgets it after `retentionMs` milliseconds.
   *
   * @throws AppError `aborted` when the lease ran out and `token` no longer owns it.
   */
  settle(deliveryId: string, token: string, retentionMs: number): Promise<void>;

  /** Returns the reservation so the next attempt may try. Losing the lease first is not an error. */
  release(deliveryId: string, token: string): Promise<void>;
}
