import { isJsonObject } from '../../shared/kernel/json.ts';
import { type Access, type Caller, type Duty, forbidden, unauthenticated } from './caller.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Lets a caller in, or not.
 *
 * @throws AppError `unauthenticated` without a token, `forbidden` for who may not call this at all.
 */
export function assertMayCall(access: Access, caller: Caller): void {
  if (access === 'anyone' || caller.kind === 'local') return;
  if (caller.kind === 'nobody') throw unauthenticated('Send Authorization: Bearer and an ID token');
  const isForUsers = access === 'user-in-query' || access === 'user-in-body';
  if (isForUsers && caller.kind === 'user') return;
  if (hasDuty(caller, isForUsers ? 'any-user' : 'scheduler')) return;
  throw forbidden('This caller may not call this');
}

/** The caller is a service account that was named for this. */
export const hasDuty = (caller: Caller, duty: Duty): boolean =>
  caller.kind === 'service' && caller.duties.includes(duty);

/**
 * The fields of a request as they count for this caller: an end user's are about himself, whether
 * they say so or not.
 *
 * @throws AppError `forbidden` when an end user names another.
 */
export function boundTo<F extends Fields>(caller: Caller, fields: F): F {
  if (caller.kind !== 'user') return fields;
  const named = fields['userId'];
  if (named !== undefined && named !== caller.userId)
    throw forbidden('The token is of another user');
  return { ...fields, userId: caller.userId };
}

/** The same for a body, which may be anything. */
export const bodyBoundTo = (caller: Caller, body: unknown): unknown =>
  isJsonObject(body) ? boundTo(caller, body) : body;
