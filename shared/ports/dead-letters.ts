import type { Json } from '../kernel/json.ts';

/** A message that no retry can mend, kept for a person to look at. */
export interface DeadLetter {
  readonly topic: string;
  /** The payload as it came. It may hold memory content. */
  readonly data: Json;
  readonly attributes: Readonly<Record<string, string>>;
  /** What went wrong: an error code and its message. */
  readonly reason: string;
  /** Deliveries that were tried. */
  readonly attempts: number;
  /** When it was given up, in Unix milliseconds. */
  readonly atMs: number;
  /** Until when it is kept, in Unix milliseconds: it is in no answer from then on. */
  readonly expiresAtMs: number;
  /** Whose data it is, where that could be told: an erasure of the user removes the letter. */
  readonly userId?: string;
}

/**
 * Parked messages. Adding one twice keeps two.
 *
 * Every method throws `AppError` `unavailable` when the store cannot be reached.
 */
export interface DeadLetters {
  /** Resolves when the letter is durable: only then may its message be acknowledged. */
  add(letter: DeadLetter): Promise<void>;

  /** The letters added last that have not expired, newest first. */
  list(limit: number): Promise<readonly DeadLetter[]>;

  /** Deletes what has expired, as far as the store does not do so by itself. */
  deleteExpired(): Promise<void>;

  /** Removes every letter of a user; none is not an error. */
  eraseUser(userId: string): Promise<void>;
}
