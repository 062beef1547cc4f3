import { DAY_MS } from '../kernel/clock.ts';
import { itemCountOf, type SessionHead } from './head.ts';
import type { StoredItem } from './item.ts';

export interface RetentionPolicy {
  /** How long items are kept, in days; 0: for good. A session may say otherwise. */
  readonly retentionDays: number;
}

/** The longest that a session or the default can ask for. */
export const MAX_RETENTION_DAYS = 36_500;

/**
 * What expires goes in batches, a thirtieth of the retention each: an item that goes takes the summary
 * that tells of it along, and a new one is a call of the model. With 30 days that is once a day.
 */
const BATCHES = 30;

/** Why a head is known by its first item: items expire in the order of the session. See decision 57. */
type Kept = Pick<SessionHead, 'retentionDays' | 'firstItemAtMs' | 'tiers'>;

/** When an item expires: never after its retention, and at most a thirtieth of it before. */
export function expiresAtMs(createdAtMs: number, retentionDays: number): number {
  const batchMs = (retentionDays * DAY_MS) / BATCHES;
  return Math.floor(createdAtMs / batchMs) * batchMs + retentionDays * DAY_MS;
}

/** The retention that holds for a session, in days; 0: its items are kept for good. */
export const retentionDaysOf = (
  { retentionDays }: Pick<SessionHead, 'retentionDays'>,
  policy: RetentionPolicy,
): number => retentionDays ?? policy.retentionDays;

/**
 * When the first of a session's items expires, in Unix milliseconds; 0 where that has to be looked up,
 * `undefined` where nothing ever does.
 */
export function expiryDueAtMs(head: Kept, policy: RetentionPolicy): number | undefined {
  const days = retentionDaysOf(head, policy);
  if (days === 0 || itemCountOf(head) === 0) return undefined;
  return head.firstItemAtMs === undefined ? 0 : expiresAtMs(head.firstItemAtMs, days);
}

/** Whether something of the session is not to be seen any more, or may be. */
export function isExpiryDue(head: Kept, policy: RetentionPolicy, nowMs: number): boolean {
  const dueAtMs = expiryDueAtMs(head, policy);
  return dueAtMs !== undefined && dueAtMs <= nowMs;
}

/** The expired ones of a session's oldest items, given in seq order: up to the first that is not. */
export function expiredOf(
  items: readonly StoredItem[],
  days: number,
  nowMs: number,
): readonly StoredItem[] {
  const end = items.findIndex(({ createdAtMs }) => nowMs < expiresAtMs(createdAtMs, days));
  return end < 0 ? items : items.slice(0, end);
}
