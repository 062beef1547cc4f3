import { expect, it } from 'vitest';
import { inLogScope } from '../../kernel/log-scope.ts';
import type { BusMessage, EventBus } from '../../ports/event-bus.ts';
import { TraceCarryingEventBus } from './trace-carrying-event-bus.ts';

const TRACE = {
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  spanId: '00f067aa0ba902b7',
  isSampled: true,
};
const MESSAGE: BusMessage = { topic: 'memory-events', data: {}, attributes: { type: 'x' } };

function recording() {
  const published: BusMessage[] = [];
  const bus: EventBus = { publish: async (messages) => void published.push(...messages) };
  return { published, bus: new TraceCarryingEventBus(bus) };
}

it('writes the trace that is under way on a message, beside its own attributes', async () => {
  const { published, bus } = recording();
  await inLogScope({ labels: {}, trace: TRACE }, () => bus.publish([MESSAGE]));
  expect(published).toEqual([
    {
      topic: 'memory-events',
      data: {},
      attributes: {
        type: 'x',
        traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      },
    },
  ]);
});

it('leaves messages as they are outside of a trace, or in one without a span', async () => {
  const { published, bus } = recording();
  await bus.publish([MESSAGE]);
  const { spanId: _, ...trace } = TRACE;
  await inLogScope({ labels: {}, trace }, () => bus.publish([MESSAGE]));
  expect(published).toEqual([MESSAGE, MESSAGE]);
});
