import { z } from 'zod';
import { parseInstant } from './instant.ts';
import { queryInt } from './query.ts';

export const pageLimit = queryInt(1, 500).optional();
export const DEFAULT_LIMIT = 50;
/** Where a list goes on; left blank, at its beginning. */
export const pageCursor = z
  .string()
  .transform((cursor) => cursor || undefined)
  .optional();

/** An RFC 3339 instant, as Unix milliseconds. */
export const instant = z.string().transform((text, context) => {
  const atMs = parseInstant(text);
  if (atMs !== undefined) return atMs;
  context.addIssue('must be an RFC 3339 instant, for example 2026-01-02T03:04:05Z');
  return z.NEVER;
});
