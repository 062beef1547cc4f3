import { z } from 'zod';

const MAX_ID_CODE_POINTS = 256;

/** An id of the caller's: 1 to 256 characters of any Unicode but control characters. */
export const identifier = z
  .string()
  .refine((id) => id !== '', 'must not be empty')
  .refine((id) => [...id].length <= MAX_ID_CODE_POINTS, `must have at most 256 characters`)
  .refine((id) => !/\p{Cc}/u.test(id), 'must not have control characters')
  .refine((id) => id.isWellFormed(), 'must not have half of a surrogate pair');

/** What names a session. */
export const sessionFields = { userId: identifier, sessionId: identifier };
