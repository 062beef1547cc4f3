/** The trace that a piece of work belongs to, as the callers' headers and the logs name it. */
export interface TraceContext {
  /** 32 lower-case hexadecimal digits. */
  readonly traceId: string;
  /** The caller's span, 16 lower-case hexadecimal digits; absent when the caller named none. */
  readonly spanId?: string;
  readonly isSampled: boolean;
}

// https://www.w3.org/TR/trace-context/#traceparent-header: a later version may append fields.
const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-(.*))?$/s;
// https://cloud.google.com/trace/docs/trace-context#legacy-http-header: TRACE_ID/SPAN_ID;o=OPTIONS,
// the span in decimal.
const CLOUD_TRACE = /^([0-9a-f]{32})(?:\/(\d{1,20}))?(?:;o=(\d))?$/i;
const NO_TRACE = '0'.repeat(32);
const NO_SPAN = '0'.repeat(16);
const MAX_SPAN = 0xffff_ffff_ffff_ffffn;

/** What a W3C `traceparent` says; `undefined` when it says nothing that can be used. */
export function parseTraceparent(text: string): TraceContext | undefined {
  const [, version, traceId = '', spanId = '', flags = '', rest] = TRACEPARENT.exec(text) ?? [];
  if (version === undefined || (version === '00' && rest !== undefined)) return undefined;
  if (traceId === NO_TRACE || spanId === NO_SPAN) return undefined;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** What Google's `X-Cloud-Trace-Context` says; `undefined` when it says nothing that can be used. */
export function parseCloudTrace(text: string): TraceContext | undefined {
  const [, id, span = '0', option] = CLOUD_TRACE.exec(text) ?? [];
  const traceId = id?.toLowerCase();
  if (traceId === undefined || traceId === NO_TRACE) return undefined;
  const spanId = hexOf(BigInt(span));
  return { traceId, ...(spanId && { spanId }), isSampled: option === '1' };
}

function hexOf(span: bigint): string | undefined {
  return span > 0n && span <= MAX_SPAN ? span.toString(16).padStart(16, '0') : undefined;
}

/** The W3C form; `undefined` without a span, which it cannot do without. */
export function traceparentOf({ traceId, spanId, isSampled }: TraceContext): string | undefined {
  return spanId && `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`;
}
