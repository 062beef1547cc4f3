import type { CloudEvent } from '@google-cloud/functions-framework';
import { isJsonObject } from '../../shared/kernel/json.ts';
import { parseTraceparent, type TraceContext } from '../../shared/kernel/trace-context.ts';
import { messageOf } from './pubsub.ts';

/** The attribute that carries a publisher's trace; ours, and the Pub/Sub clients' own name for it. */
const ATTRIBUTES = ['traceparent', 'googclient_traceparent'];

/**
 * The trace that an event belongs to: its publisher's, so that cause and effect stand in one trace;
 * else that of the delivery.
 */
export function traceOfEvent(event: CloudEvent<unknown>): TraceContext | undefined {
  const attributes = messageOf(event)?.['attributes'];
  const named = isJsonObject(attributes) ? ATTRIBUTES.map((name) => attributes[name]) : [];
  // The framework puts the header of the delivery here, as the CloudEvents extension has it.
  for (const text of [...named, event['traceparent']]) {
    const trace = typeof text === 'string' ? parseTraceparent(text) : undefined;
    if (trace) return trace;
  }
  return undefined;
}
