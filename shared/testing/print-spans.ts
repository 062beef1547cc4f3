import {
  NodeTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node';

/** A span as a test reads it, one JSON object a line of standard output. */
export interface PrintedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
}

/** `node --import` of this file makes a program trace itself. */
function print(span: ReadableSpan): void {
  const { traceId, spanId } = span.spanContext();
  const parentSpanId = span.parentSpanContext?.spanId;
  const printed = { name: span.name, traceId, spanId, parentSpanId };
  process.stdout.write(`${JSON.stringify(printed)}\n`);
}

const exporter = {
  export(spans: readonly ReadableSpan[], done: (result: { readonly code: number }) => void) {
    for (const span of spans) print(span);
    done({ code: 0 });
  },
  shutdown: async () => undefined,
};
new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).register();
