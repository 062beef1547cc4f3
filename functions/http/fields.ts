import { z } from 'zod';
import { MINUTE_MS } from '../../shared/kernel/clock.ts';
import { isJsonObject, type JsonObject } from '../../shared/kernel/json.ts';
import { parseInstant } from './instant.ts';
import { queryInt } from './query.ts';

const MAX_ID_CODE_POINTS = 256;
const MAX_AHEAD_MS = 5 * MINUTE_MS;

/** An id of the caller's: 1 to 256 characters of any Unicode but control characters. */
export const identifier = z
  .string()
  .refine((id) => id !== '', 'must not be empty')
  .refine((id) => [...id].length <= MAX_ID_CODE_POINTS, `must have at most 256 characters`)
  .refine((id) => !/\p{Cc}/u.test(id), 'must not have control characters')
  .refine((id) => id.isWellFormed(), 'must not have half of a surrogate pair');

export const sessionFields = { userId: identifier, sessionId: identifier };

export const pageLimit = queryInt(1, 500).optional();
export const DEFAULT_LIMIT = 50;

/** A JSON object, taken over as it is. */
export const jsonObject = z.custom<JsonObject>(isJsonObject, 'must be a JSON object');

/** An RFC 3339 instant, as Unix milliseconds. */
export const instant = z.string().transform((text, context) => {
  const atMs = parseInstant(text);
  if (atMs !== undefined) return atMs;
  context.addIssue('must be an RFC 3339 instant, for example 2026-01-02T03:04:05Z');
  return z.NEVER;
});

/** What may be wrong with an instant that is only known once it is compared to now. */
export const isTooFarAhead = (atMs: number, nowMs: number): boolean => atMs > nowMs + MAX_AHEAD_MS;
