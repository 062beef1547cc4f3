import { DAY_MS } from '../kernel/clock.ts';
import { dropAbsent } from '../kernel/drop-absent.ts';
import { isJsonObject, type Json } from '../kernel/json.ts';
import { identifier } from './identifier.ts';
import { expiresAtMs, MAX_RETENTION_DAYS, type RetentionPolicy } from './retention.ts';

/** What a message says of itself, also where the rest of it is refused. */
export interface ParkedContent {
  readonly userId?: string;
  readonly sessionId?: string;
  /** How long it asks to be kept, in days. */
  readonly retentionDays?: number;
  /** The oldest instant of anything that it holds, in Unix milliseconds. */
  readonly contentAtMs?: number;
}

/** What no rule accepts is not said: an identifier that is none might not fit into a message. */
export function parkedContent(data: Json | undefined): ParkedContent {
  if (!isJsonObject(data)) return {};
  const { userId, sessionId, retentionDays, items } = data;
  const dated = [data, ...(Array.isArray(items) ? items : [])].flatMap(createdAtOf);
  return dropAbsent({
    userId: identifier.safeParse(userId).data,
    sessionId: identifier.safeParse(sessionId).data,
    retentionDays: isRetention(retentionDays) ? retentionDays : undefined,
    contentAtMs: dated.length > 0 ? dated.reduce((a, b) => Math.min(a, b)) : undefined,
  });
}

const isRetention = (days: unknown): days is number =>
  typeof days === 'number' && days > 0 && days <= MAX_RETENTION_DAYS;

function createdAtOf(value: Json): number[] {
  const createdAt = isJsonObject(value) ? value['createdAt'] : undefined;
  const atMs = typeof createdAt === 'string' ? Date.parse(createdAt) : Number.NaN;
  return Number.isFinite(atMs) ? [atMs] : [];
}

export interface LetterPolicy extends RetentionPolicy {
  /** How long a parked message is kept at most, in days. */
  readonly deadLetterDays: number;
}

/** When a parked message goes whatever it holds, in Unix milliseconds. */
export const letterExpiresAtMs = (nowMs: number, { deadLetterDays }: LetterPolicy): number =>
  nowMs + deadLetterDays * DAY_MS;

/**
 * When the content of a parked message has to be gone, in Unix milliseconds: at the end of the retention
 * that holds for it, the shortest that the message, its session or else the default asks for. It may be
 * over already.
 *
 * @param sessionDays the retention of the session itself, where it has one.
 */
export function contentExpiresAtMs(
  { retentionDays, contentAtMs }: ParkedContent,
  sessionDays: number | undefined,
  nowMs: number,
  policy: LetterPolicy,
): number {
  const held = sessionDays ?? policy.retentionDays;
  const days = [retentionDays, held].filter((one) => one !== undefined && one > 0);
  const atMs = Math.min(contentAtMs ?? nowMs, nowMs);
  const ends = days.map((one) => expiresAtMs(atMs, one ?? 0));
  return Math.min(letterExpiresAtMs(nowMs, policy), ...ends);
}
