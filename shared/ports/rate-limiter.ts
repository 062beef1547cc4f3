/** Whether a call is allowed now. */
export type Admission =
  | { readonly status: 'allowed' }
  /** Not before so many milliseconds have passed. */
  | { readonly status: 'limited'; readonly retryAfterMs: number };

/**
 * Keeps each caller to a rate: a token bucket per key.
 *
 * Answers without a promise where it can: this stands in front of every call of an end user. A limit
 * that instances share may allow a little less than the rate, never more.
 *
 * Throws `AppError` `unavailable` when the backing store cannot be reached.
 */
export interface RateLimiter {
  take(key: string): Admission | Promise<Admission>;
}
