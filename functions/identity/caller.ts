import { AppError } from '../../shared/kernel/app-error.ts';

/** Who calls. */
export type Caller =
  /** No identity is configured, and the call comes from this machine: it may do everything. */
  | { readonly kind: 'local' }
  /** No token: may ask for what is for anyone. */
  | { readonly kind: 'nobody' }
  /** An end user, who acts for nobody else. */
  | { readonly kind: 'user'; readonly userId: string }
  /** A service account of the operator's. */
  | { readonly kind: 'service'; readonly account: string; readonly duties: readonly Duty[] };

/** What a service account was named for. */
export type Duty = 'any-user' | 'scheduler' | 'pubsub';

/** Who may call an endpoint, and where it says whose data it is about. */
export type Access =
  | 'anyone'
  | 'user-in-query'
  | 'user-in-body'
  /** Jobs of the operator's: the scheduler's service account. */
  | 'scheduler';

export const unauthenticated = (why: string, cause?: unknown): AppError =>
  new AppError('unauthenticated', why, { cause });

export const forbidden = (why: string): AppError => new AppError('forbidden', why);
