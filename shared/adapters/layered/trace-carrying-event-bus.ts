import { currentLogScope } from '../../kernel/log-scope.ts';
import { traceparentOf } from '../../kernel/trace-context.ts';
import type { BusMessage, EventBus } from '../../ports/event-bus.ts';

/** Writes the trace that is under way on every message, so that what it causes belongs to it. */
export class TraceCarryingEventBus implements EventBus {
  readonly #bus: EventBus;

  constructor(bus: EventBus) {
    this.#bus = bus;
  }

  publish(messages: readonly BusMessage[]): Promise<void> {
    const trace = currentLogScope()?.trace;
    const traceparent = trace && traceparentOf(trace);
    return this.#bus.publish(traceparent === undefined ? messages : marked(messages, traceparent));
  }
}

const marked = (messages: readonly BusMessage[], traceparent: string): readonly BusMessage[] =>
  messages.map((message) => ({ ...message, attributes: { traceparent, ...message.attributes } }));
