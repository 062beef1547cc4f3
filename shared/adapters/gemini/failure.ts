import { isJsonObject } from '../../kernel/json.ts';

/** What can be told of a failed call. */
export interface Failure {
  /** HTTP status; absent when no answer came, or none that could be read. */
  readonly status?: number;
  /** When to try again, as the service said, in milliseconds. */
  readonly retryAfterMs?: number;
  /** No credentials were found, or they could not be turned into a token. */
  readonly isCredentials: boolean;
}

/** The auth library throws plain errors: only their words tell them from a broken connection. */
const CREDENTIAL_WORDS =
  /default credentials|authenticate your account|invalid_grant|invalid_client|refresh[_ ]token|private[_ ]key|credential/i;

/**
 * Reads the errors of both SDKs: `@google/genai` throws one with a `status` and the body as its
 * message; `@google-cloud/vertexai` gives it in a text, and hides the body's error of a 4xx in
 * `stackTrace`. Neither hands out the header `Retry-After`: the body's `RetryInfo` says the same.
 */
export function failureOf(thrown: unknown): Failure {
  const { name, message } = thrown instanceof Error ? thrown : { name: '', message: '' };
  const hidden = field(thrown, 'stackTrace');
  const status = numberOf(field(thrown, 'status')) ?? statusIn(message);
  const retryAfterMs = retryAfterIn(field(hidden, 'errorDetails') ?? detailsIn(message));
  return {
    ...(status === undefined ? {} : { status }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    isCredentials:
      name === 'GoogleAuthError' || (status === undefined && CREDENTIAL_WORDS.test(message)),
  };
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' ? value : undefined;

function statusIn(message: string): number | undefined {
  const found = /got status: (\d{3})\b/.exec(message)?.[1];
  return found === undefined ? undefined : Number(found);
}

function detailsIn(message: string): unknown {
  try {
    return field(field(JSON.parse(message), 'error'), 'details');
  } catch {
    return undefined; // No body: then it says nothing about when to try again.
  }
}

/** `google.rpc.RetryInfo`, whose `retryDelay` is a duration such as `30s` or `1.5s`. */
function retryAfterIn(details: unknown): number | undefined {
  if (!Array.isArray(details)) return undefined;
  for (const detail of details) {
    const delay = isJsonObject(detail) ? detail['retryDelay'] : undefined;
    const seconds = typeof delay === 'string' ? /^(\d+(?:\.\d+)?)s$/.exec(delay)?.[1] : undefined;
    if (seconds !== undefined) return Math.round(Number(seconds) * 1_000);
  }
  return undefined;
}
