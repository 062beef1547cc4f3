import { AppError, type ErrorCode } from '../../kernel/app-error.ts';
import { dropAbsent } from '../../kernel/drop-absent.ts';
import { failureOf } from './failure.ts';

interface Meaning {
  readonly code: ErrorCode;
  readonly message: string;
}

const CREDENTIALS: Meaning = {
  code: 'unavailable',
  message:
    'Gemini was not reached: no valid Google credentials; run "gcloud auth application-default login" or set GOOGLE_APPLICATION_CREDENTIALS',
};

/** What is wrong with the configuration heals when it is mended: so it is `unavailable`, not the input. */
const MEANINGS: Readonly<Record<number, Meaning>> = {
  401: CREDENTIALS,
  403: {
    code: 'unavailable',
    message:
      'Gemini refused access: these credentials need the role roles/aiplatform.user, and the project the API aiplatform.googleapis.com',
  },
  404: {
    code: 'unavailable',
    message: 'Gemini knows no such model in this location: see geminiModel and geminiLocation',
  },
  408: { code: 'deadline-exceeded', message: 'Gemini took too long' },
  429: { code: 'quota-exceeded', message: 'Gemini has no quota left for now' },
  499: { code: 'deadline-exceeded', message: 'Gemini took too long' },
  504: { code: 'deadline-exceeded', message: 'Gemini took too long' },
};

/**
 * Whatever an SDK threw, as an `AppError`: `quota-exceeded` (429), `deadline-exceeded` (time is up),
 * `unavailable` (5xx, network, an answer that cannot be read, credentials), `invalid-argument` (any
 * other 4xx: the service refuses this request for good).
 *
 * @param where names the model in the error's details.
 */
export function geminiError(
  thrown: unknown,
  where: { readonly model: string; readonly signal: AbortSignal },
): AppError {
  if (thrown instanceof AppError) return thrown;
  const { status, retryAfterMs, isCredentials } = failureOf(thrown);
  const { code, message } = where.signal.aborted
    ? { code: 'deadline-exceeded' as const, message: 'Gemini did not answer in time' }
    : meaningOf(status, isCredentials);
  const details = dropAbsent({ model: where.model, status, retryAfterMs });
  return new AppError(code, message, { cause: thrown, details });
}

function meaningOf(status: number | undefined, isCredentials: boolean): Meaning {
  if (isCredentials) return CREDENTIALS;
  const known = status === undefined ? undefined : MEANINGS[status];
  if (known) return known;
  return status !== undefined && status >= 400 && status < 500
    ? { code: 'invalid-argument', message: `Gemini refused the request with status ${status}` }
    : { code: 'unavailable', message: 'Gemini could not be reached or failed' };
}
