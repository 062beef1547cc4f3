import { describe, expect, it } from 'vitest';
import type { BusMessage } from '../../ports/event-bus.ts';
import { counted } from '../../testing/counted.ts';
import { TOPICS, type Topic } from '../../topology.ts';
import { InProcessMeter } from '../in-process/meter.ts';
import { PubsubEventBus } from './event-bus.ts';
import type { OutgoingMessage, Publisher } from './publisher.ts';

interface Request {
  readonly topic: Topic;
  readonly messages: readonly OutgoingMessage[];
}

const grpcError = (code: number) => Object.assign(new Error(`${code} said the server`), { code });
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A Pub/Sub that remembers its requests and answers them as told. */
function build(answer: (request: Request) => Promise<unknown> = turn) {
  const requests: Request[] = [];
  let connections = 0;
  let open = 0;
  let most = 0;
  const publisher: Publisher = {
    async publish(topic, messages) {
      most = Math.max(most, ++open);
      try {
        requests.push({ topic, messages });
        await answer({ topic, messages });
      } finally {
        open--;
      }
    },
    close: async () => undefined,
  };
  const meter = new InProcessMeter();
  const connect = async () => {
    connections++;
    return publisher;
  };
  const bus = new PubsubEventBus({ connect, meter });
  return {
    bus,
    requests,
    meter,
    openRequests: () => open,
    mostAtOnce: () => most,
    connections: () => connections,
    /** What was sent, as topic, key and numbers. */
    sent: () =>
      requests.map(({ topic, messages }) => [
        topic,
        messages[0]?.orderingKey ?? '-',
        messages.map(({ data }) => JSON.parse(Buffer.from(data).toString()).n),
      ]),
  };
}

const message = (n: number, orderingKey?: string): BusMessage => ({
  topic: TOPICS.events,
  data: { n },
  ...(orderingKey === undefined ? {} : { orderingKey }),
});

describe('PubsubEventBus', () => {
  it('connects with the first message and not before', async () => {
    const { bus, connections } = build();
    await bus.publish([]);
    expect(connections()).toBe(0);
    await bus.publish([message(1), message(2, 'a')]);
    await bus.publish([message(3)]);
    expect(connections()).toBe(1);
  });

  it('sends one request for the messages of a key, and one for those without', async () => {
    const { bus, sent } = build();
    const migrate = { topic: TOPICS.migrate, data: { n: 9 }, orderingKey: 'a' };
    await bus.publish([message(1, 'a'), message(2), migrate, message(3, 'b'), message(4, 'a')]);
    await bus.publish([message(5), message(6)]);
    expect(sent().toSorted()).toEqual([
      ['memory-events', '-', [2]],
      ['memory-events', '-', [5, 6]],
      ['memory-events', 'a', [1, 4]],
      ['memory-events', 'b', [3]],
      ['memory-migrate', 'a', [9]],
    ]);
  });

  it('has nothing under way when it resolves, nor when it rejects', async () => {
    const slow = build();
    await slow.bus.publish([message(1, 'a'), message(2, 'b'), message(3)]);
    expect(slow.openRequests()).toBe(0);
    const failing = build(async ({ messages }) => {
      if (messages[0]?.orderingKey === 'a') throw grpcError(14);
      await turn();
      await turn();
    });
    const publishing = failing.bus.publish([message(1, 'a'), message(2, 'b'), message(3)]);
    await expect(publishing).rejects.toMatchObject({ code: 'unavailable' });
    expect(failing.openRequests()).toBe(0);
    expect(failing.requests).toHaveLength(3);
  });

  it('keeps the order of a key over calls that run side by side', async () => {
    const { bus, sent, mostAtOnce } = build();
    await Promise.all([1, 2, 3].map((n) => bus.publish([message(n, 'a')])));
    expect(sent().map(([, , numbers]) => numbers)).toEqual([[1], [2], [3]]);
    expect(mostAtOnce()).toBe(1);
  });

  it('sends no more than eight requests of a call at once', async () => {
    const { bus, mostAtOnce } = build();
    await bus.publish(Array.from({ length: 30 }, (_, n) => message(n, `key ${n}`)));
    expect(mostAtOnce()).toBe(8);
  });

  it('goes on with a key after a failure', async () => {
    let isDown = true;
    const { bus, sent } = build(async () => {
      if (isDown) throw grpcError(14);
    });
    const first = bus.publish([message(1, 'a')]);
    await expect(first).rejects.toMatchObject({ code: 'unavailable', retryable: true });
    isDown = false;
    await bus.publish([message(2, 'a')]);
    expect(sent().map(([, , numbers]) => numbers)).toEqual([[1], [2]]);
  });

  it('sends what waited behind a failed request of its key', async () => {
    let failures = 1;
    const { bus, sent } = build(async () => {
      await turn();
      if (failures-- > 0) throw grpcError(14);
    });
    const both = [bus.publish([message(1, 'a')]), bus.publish([message(2, 'a')])];
    expect((await Promise.allSettled(both)).map(({ status }) => status)).toEqual([
      'rejected',
      'fulfilled',
    ]);
    expect(sent().map(([, , numbers]) => numbers)).toEqual([[1], [2]]);
  });

  it('splits what is too much for one request, in order', async () => {
    const { bus, sent } = build();
    await bus.publish(Array.from({ length: 1_001 }, (_, n) => message(n, 'a')));
    expect(sent().map(([, , numbers]) => (numbers as number[]).length)).toEqual([1_000, 1]);
    const large = build();
    const data = (n: number) => ({ n, text: 'x'.repeat(4_000_000) });
    await large.bus.publish([1, 2, 3].map((n) => ({ topic: TOPICS.events, data: data(n) })));
    expect(large.sent().map(([, , numbers]) => numbers)).toEqual([[1, 2], [3]]);
  });

  it('sends nothing when one message is too large, or its attributes are', async () => {
    const { bus, requests } = build();
    const big = { topic: TOPICS.events, data: { text: 'é'.repeat(5_000_000) } };
    await expect(bus.publish([message(1), big])).rejects.toMatchObject({
      code: 'payload-too-large',
      details: { topic: 'memory-events', maxBytes: 10_000_000 },
    });
    const attributes = { userId: 'é'.repeat(513) };
    await expect(bus.publish([message(1), { ...message(2), attributes }])).rejects.toMatchObject({
      code: 'invalid-argument',
      details: { violations: [{ path: 'attributes.userId', message: 'is too long' }] },
    });
    await expect(bus.publish([message(1, 'k'.repeat(1_025))])).rejects.toMatchObject({
      code: 'invalid-argument',
    });
    expect(requests).toEqual([]);
  });

  it.each([
    [8, 'quota-exceeded', ''],
    [14, 'unavailable', ''],
    [4, 'unavailable', ''],
    [5, 'unavailable', 'there is no such topic'],
    [7, 'unavailable', 'roles/pubsub.publisher'],
    [16, 'unavailable', 'Application Default Credentials'],
    [3, 'internal', ''],
  ])('names the failure with status %i %s', async (status, code, advice) => {
    const { bus } = build(async () => {
      throw grpcError(status);
    });
    const publishing = bus.publish([message(1)]);
    await expect(publishing).rejects.toMatchObject({ code, cause: { code: status } });
    await expect(publishing).rejects.toThrow(advice);
    await expect(publishing).rejects.not.toThrow('said the server');
  });

  it('connects again after a connection failed', async () => {
    let attempts = 0;
    const bus = new PubsubEventBus({
      meter: new InProcessMeter(),
      connect: async () => {
        if (++attempts === 1) throw new Error('no project');
        return { publish: async () => undefined, close: async () => undefined };
      },
    });
    await expect(bus.publish([message(1)])).rejects.toMatchObject({ code: 'unavailable' });
    await bus.publish([message(1)]);
    expect(attempts).toBe(2);
  });

  it('counts what was taken', async () => {
    const { bus, meter } = build(async ({ messages }) => {
      if (messages[0]?.orderingKey === 'bad') throw grpcError(8);
    });
    await bus.publish([message(1), message(2)]);
    await bus.publish([message(3, 'bad')]).catch(() => undefined);
    expect(counted(meter)).toEqual({ 'bus_published{topic=memory-events}': 2 });
  });
});
