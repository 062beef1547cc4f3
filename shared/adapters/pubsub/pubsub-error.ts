import { AppError, type ErrorCode } from '../../kernel/app-error.ts';

/** gRPC status codes (https://grpc.io/docs/guides/status-codes/) that are not `unavailable`. */
const CODES: Readonly<Record<number, ErrorCode>> = {
  3: 'internal', // INVALID_ARGUMENT: our own request was wrong
  8: 'quota-exceeded',
};

/** What to do about a failure that no retry mends. */
const ADVICE: Readonly<Record<number, string>> = {
  5: ': there is no such topic; create it or check GOOGLE_CLOUD_PROJECT',
  7: ': access denied; the service account needs roles/pubsub.publisher',
  16: ': no valid credentials; see Application Default Credentials',
};

/**
 * What Pub/Sub threw as ours. Everything but a quota and our own mistake is `unavailable`: the
 * message may or may not have been accepted, and publishing it again is safe.
 */
export function pubsubError(topic: string, cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  const status = cause instanceof Error && 'code' in cause ? Number(cause.code) : -1;
  const code = CODES[status] ?? 'unavailable';
  return new AppError(code, `Pub/Sub did not take a message for ${topic}${ADVICE[status] ?? ''}`, {
    cause,
    details: { topic },
  });
}
