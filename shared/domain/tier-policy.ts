import { assertNever } from '../kernel/app-error.ts';
import { DAY_MS } from '../kernel/clock.ts';
import type { Accesses, Item, Tier } from './item.ts';

/** When an item is hot, warm or cold. Ages in days, accesses as decaying counts. */
export interface TierPolicy {
  readonly hotTierMaxAgeDays: number;
  readonly warmTierMaxAgeDays: number;
  readonly minAccessCountHot: number;
  readonly minAccessCountWarm: number;
  /** After this many days without an access, a count is worth half. */
  readonly accessHalfLifeDays: number;
}

/** The part of an item that its tier depends on. */
export interface Aged extends Pick<Item, 'createdAtMs'> {
  readonly accesses: Accesses;
}

/** The count as it is worth now. */
export const decayedCount = ({ count, atMs }: Accesses, nowMs: number, policy: TierPolicy) =>
  count === 0 ? 0 : count * 2 ** (-Math.max(0, nowMs - atMs) / halfLifeMs(policy));

/** The count that people see and that thresholds apply to: five reads a minute ago are five. */
export const accessCountOf = (accesses: Accesses, nowMs: number, policy: TierPolicy): number =>
  Math.round(decayedCount(accesses, nowMs, policy));

export const addAccesses = (
  accesses: Accesses,
  added: number,
  nowMs: number,
  policy: TierPolicy,
): Accesses => ({ count: decayedCount(accesses, nowMs, policy) + added, atMs: nowMs });

/** The tier that an item belongs in. */
export function tierOf(item: Aged, nowMs: number, policy: TierPolicy): Tier {
  const ageMs = nowMs - item.createdAtMs;
  const accesses = accessCountOf(item.accesses, nowMs, policy);
  if (ageMs <= policy.hotTierMaxAgeDays * DAY_MS || accesses >= policy.minAccessCountHot)
    return 'hot';
  if (ageMs <= policy.warmTierMaxAgeDays * DAY_MS || accesses >= policy.minAccessCountWarm)
    return 'warm';
  return 'cold';
}

/** Whether accesses that are not written down yet already decide the tier that an item belongs in. */
export function isDecidedBy(added: number, item: Aged, nowMs: number, policy: TierPolicy): boolean {
  // An item of this age is hot anyway; nearly all that is handed out is.
  if (nowMs - item.createdAtMs <= policy.hotTierMaxAgeDays * DAY_MS) return false;
  const accesses = addAccesses(item.accesses, added, nowMs, policy);
  return tierOf({ ...item, accesses }, nowMs, policy) !== tierOf(item, nowMs, policy);
}

/**
 * The first instant at which an item no longer belongs in `tier` and has to move down,
 * in Unix milliseconds; `undefined` where nothing will change without an access.
 */
export function leavesTierAtMs(item: Aged, tier: Tier, policy: TierPolicy): number | undefined {
  switch (tier) {
    case 'hot':
      return staysUntilMs(item, policy.hotTierMaxAgeDays, policy.minAccessCountHot, policy);
    case 'warm': {
      const { warmTierMaxAgeDays, minAccessCountWarm } = policy;
      return staysUntilMs(item, warmTierMaxAgeDays, minAccessCountWarm, policy);
    }
    case 'cold':
      return undefined;
    default:
      return assertNever(tier);
  }
}

function staysUntilMs(
  { createdAtMs, accesses }: Aged,
  maxAgeDays: number,
  minCount: number,
  policy: TierPolicy,
): number | undefined {
  if (minCount <= 0) return undefined;
  const byAgeMs = createdAtMs + Math.floor(maxAgeDays * DAY_MS) + 1;
  // Math.round keeps a count until it falls below the half under its threshold.
  const worth = accesses.count / (minCount - 0.5);
  const byAccessMs =
    worth < 1 ? 0 : accesses.atMs + Math.floor(Math.log2(worth) * halfLifeMs(policy)) + 1;
  return Math.max(byAgeMs, byAccessMs);
}

const halfLifeMs = (policy: TierPolicy): number => policy.accessHalfLifeDays * DAY_MS;
