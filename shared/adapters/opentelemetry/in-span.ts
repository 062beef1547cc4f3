import {
  type Attributes,
  type Context,
  context,
  isSpanContextValid,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { AppError } from '../../kernel/app-error.ts';
import { currentLogScope, inLogScope } from '../../kernel/log-scope.ts';
import type { TraceContext } from '../../kernel/trace-context.ts';

const tracer = trace.getTracer('strata-memory');

export interface SpanOptions<T> {
  readonly name: string;
  /** Another service does the work. Default: this process does. */
  readonly isCallOut?: boolean;
  /** Known at the start, where a sampler sees them. Identifiers and counts; never content. */
  readonly attributes: Attributes;
  /** Known at the end. */
  readonly result?: (value: T) => Attributes;
}

/**
 * Runs work in a span: the child of the span that is active, else of the one that the caller's
 * headers named. What is logged in it carries its id. A failure is marked with its code alone.
 */
export function inSpan<T>(options: SpanOptions<T>, work: () => Promise<T>): Promise<T> {
  const { span, within } = begin(options);
  return within(() => finish(span, work, options.result));
}

async function finish<T>(
  span: Span,
  work: () => Promise<T>,
  result: ((value: T) => Attributes) | undefined,
): Promise<T> {
  try {
    const value = await work();
    if (result) span.setAttributes(result(value));
    return value;
  } catch (thrown) {
    fail(span, thrown);
    throw thrown;
  } finally {
    span.end();
  }
}

/** Adds to the span that is active what is learned on the way. */
export const noteInSpan = (attributes: Attributes): void => {
  trace.getActiveSpan()?.setAttributes(attributes);
};

/** `inSpan` for what comes piece by piece; the span ends with the last one, or when nobody reads on. */
export async function* iterateInSpan<T>(
  options: SpanOptions<number>,
  work: () => AsyncIterable<T>,
): AsyncGenerator<T> {
  const { span, within } = begin(options);
  const iterator = within(() => work()[Symbol.asyncIterator]());
  let count = 0;
  try {
    for (;;) {
      const next = await within(() => iterator.next());
      if (next.done) return;
      count += 1;
      yield next.value;
    }
  } catch (thrown) {
    fail(span, thrown);
    throw thrown;
  } finally {
    if (options.result) span.setAttributes(options.result(count));
    span.end();
    await within(() => iterator.return?.());
  }
}

function begin({ name, attributes, isCallOut = false }: Omit<SpanOptions<never>, 'result'>) {
  const parent = parentContext();
  const kind = isCallOut ? SpanKind.CLIENT : SpanKind.INTERNAL;
  const span = tracer.startSpan(name, { attributes, kind }, parent);
  const here = trace.setSpan(parent, span);
  const { labels = {} } = currentLogScope() ?? {};
  const scope = { labels, trace: traceOf(span.spanContext()) };
  const within = <R>(work: () => R): R => context.with(here, () => inLogScope(scope, work));
  return { span, within };
}

function parentContext(): Context {
  const active = context.active();
  const remote = currentLogScope()?.trace;
  if (trace.getSpan(active) || !remote?.spanId) return active;
  const { traceId, spanId, isSampled } = remote;
  const traceFlags = isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
  const parent: SpanContext = { traceId, spanId, traceFlags, isRemote: true };
  return isSpanContextValid(parent) ? trace.setSpanContext(active, parent) : active;
}

const traceOf = ({ traceId, spanId, traceFlags }: SpanContext): TraceContext => ({
  traceId,
  spanId,
  isSampled: (traceFlags & TraceFlags.SAMPLED) !== 0,
});

/** No message and no stack: what others write into theirs can be content. */
function fail(span: Span, thrown: unknown): void {
  span.setAttribute('error.type', AppError.from(thrown).code);
  span.setStatus({ code: SpanStatusCode.ERROR });
}
