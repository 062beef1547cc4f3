import type { IncomingHttpHeaders } from 'node:http';
import {
  parseCloudTrace,
  parseTraceparent,
  type TraceContext,
} from '../../shared/kernel/trace-context.ts';

/** The trace that a request belongs to: W3C's header first, which names the nearest span. */
export function traceOfHeaders(headers: IncomingHttpHeaders): TraceContext | undefined {
  const { traceparent, 'x-cloud-trace-context': cloud } = headers;
  return (
    (typeof traceparent === 'string' ? parseTraceparent(traceparent) : undefined) ??
    (typeof cloud === 'string' ? parseCloudTrace(cloud) : undefined)
  );
}
