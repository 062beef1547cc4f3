import { AppError } from '../../kernel/app-error.ts';
import { isJsonObject } from '../../kernel/json.ts';

/** Points of a call that were refused one by one, while the others were written. */
export interface Refusal {
  readonly points: number;
  /** In the API's words, which repeat what we sent: names and labels. */
  readonly reason: string;
}

const MAX_REASON_CHARS = 300;

/** What to do about a failure that no retry mends, by gRPC status. */
const ADVICE: Readonly<Record<number, string>> = {
  5: 'there is no such project; check GOOGLE_CLOUD_PROJECT',
  7: 'access denied; the service account needs roles/monitoring.metricWriter, and the project the API monitoring.googleapis.com',
  16: 'no valid credentials; see Application Default Credentials',
};

/**
 * What `timeSeries.create` refused of the points it was sent; `undefined` when it took none because
 * the call as a whole failed. A `CreateTimeSeriesSummary` in the error makes the difference.
 */
export function refusalOf(thrown: unknown, sent: number): Refusal | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const { statusDetails } = thrown as { readonly statusDetails?: unknown };
  const written = writtenOf(statusDetails);
  if (written === undefined) return undefined;
  return { points: sent - Math.min(written, sent), reason: reasonOf(thrown) };
}

/** A failure of a call as a whole, with what to do about it. */
export function monitoringError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  return new AppError('unavailable', `Cloud Monitoring took nothing: ${reasonOf(thrown)}`, {
    cause: thrown,
  });
}

/** Why, in our words where we know better what to do. */
export function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'nothing is known of the failure';
  const { code } = thrown as { readonly code?: unknown };
  return (ADVICE[Number(code)] ?? thrown.message).slice(0, MAX_REASON_CHARS);
}

/** The client decodes the summary, or gives the JSON of it where it does not know the type. */
function writtenOf(details: unknown): number | undefined {
  for (const detail of Array.isArray(details) ? details : []) {
    const summary: unknown = isJsonObject(detail) ? (parsed(detail['description']) ?? detail) : {};
    if (!isJsonObject(summary)) continue;
    // JSON of protobuf leaves out what is zero.
    const { totalPointCount, successPointCount = 0 } = summary;
    if (typeof totalPointCount === 'number' && typeof successPointCount === 'number')
      return successPointCount;
  }
  return undefined;
}

function parsed(text: unknown): unknown {
  if (typeof text !== 'string') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Words of another kind of detail.
  }
}
