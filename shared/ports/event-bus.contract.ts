import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../kernel/app-error.ts';
import type { JsonObject } from '../kernel/json.ts';
import { TOPICS, type Topic } from '../topology.ts';
import type { BusMessage, EventBus } from './event-bus.ts';

/** What a subscriber gets; `attempt` is 1 on the first delivery. */
export interface Delivery extends BusMessage {
  readonly id: string;
  readonly attempt: number;
}

export interface EventBusUnderTest {
  readonly bus: EventBus;
  /** Adds a subscription that gives a message up after five attempts. Rejecting asks for redelivery. */
  subscribe(
    topic: Topic,
    name: string,
    handler: (message: Delivery) => Promise<void>,
  ): Promise<void>;
  /** Resolves when all that was published is handled or given up, however often it fails. */
  settle(): Promise<void>;
}

export interface EventBusHarness {
  /** A bus without messages and subscriptions. */
  create(): Promise<EventBusUnderTest>;
}

const numbered = (topic: Topic, n: number, orderingKey?: string): BusMessage => ({
  topic,
  data: { version: 1, userId: 'u1', n },
  ...(orderingKey === undefined ? {} : { orderingKey }),
});

/** What every `EventBus` must do with what is published. Each adapter's test file calls this once. */
export function describeEventPublishing(name: string, harness: EventBusHarness): void {
  describe(`${name} keeps the EventBus contract for publishing`, () => {
    let test: EventBusUnderTest;
    beforeEach(async () => {
      test = await harness.create();
    });
    const collect = (topic: Topic, subscription?: string) => collectFrom(test, topic, subscription);

    it('hands a message to every subscription of its topic and to no other', async () => {
      const first = await collect(TOPICS.events, 'first');
      const second = await collect(TOPICS.events, 'second');
      const other = await collect(TOPICS.summarize);
      await test.bus.publish([numbered(TOPICS.events, 1)]);
      await test.settle();
      expect(first).toEqual([{ version: 1, userId: 'u1', n: 1 }]);
      expect(second).toEqual([{ version: 1, userId: 'u1', n: 1 }]);
      expect(other).toEqual([]);
    });

    it('hands on data, attributes and key as they were when published', async () => {
      const seen: Delivery[] = [];
      await test.subscribe(TOPICS.events, 'all', async (message) => {
        seen.push(message);
      });
      const data = { version: 1, text: 'Grüße, 世界', nested: { list: [1, null, true] } };
      const attributes = { type: 'item.appended' };
      await test.bus.publish([{ topic: TOPICS.events, data, attributes, orderingKey: 's1' }]);
      data.text = 'changed';
      data.nested.list.push(2);
      attributes.type = 'changed';
      await test.settle();
      expect(seen).toMatchObject([
        {
          topic: 'memory-events',
          data: { version: 1, text: 'Grüße, 世界', nested: { list: [1, null, true] } },
          attributes: { type: 'item.appended' },
          orderingKey: 's1',
          attempt: 1,
        },
      ]);
    });

    it('accepts messages that nobody subscribes to, and no messages at all', async () => {
      await test.bus.publish([numbered(TOPICS.events, 1)]);
      await test.bus.publish([]);
      await test.settle();
    });

    it('gives different messages different ids', async () => {
      const ids: string[] = [];
      await test.subscribe(TOPICS.events, 'all', async ({ id }) => {
        ids.push(id);
      });
      await test.bus.publish([numbered(TOPICS.events, 1), numbered(TOPICS.events, 1)]);
      await test.settle();
      expect(new Set(ids).size).toBe(2);
    });

    it('delivers messages of one key in the order published', async () => {
      const seen: unknown[] = [];
      await test.subscribe(TOPICS.summarize, 'all', async ({ data }) => {
        seen.push(data['n']);
      });
      await test.bus.publish([1, 2].map((n) => numbered(TOPICS.summarize, n, 's1')));
      await test.bus.publish([3, 4, 5].map((n) => numbered(TOPICS.summarize, n, 's1')));
      await test.settle();
      expect(seen).toEqual([1, 2, 3, 4, 5]);
    });
  });
}

/**
 * What the subscriptions of a bus must do that delivers by itself. Where a service delivers, as
 * Pub/Sub does, this is its own affair, and its redelivery takes minutes.
 */
export function describeEventDelivery(name: string, harness: EventBusHarness): void {
  describe(`${name} keeps the EventBus contract for delivery`, () => {
    let test: EventBusUnderTest;
    beforeEach(async () => {
      test = await harness.create();
    });

    it('handles messages of one key one at a time', async () => {
      const log: string[] = [];
      await test.subscribe(TOPICS.summarize, 'all', async ({ data }) => {
        log.push(`begin ${data['n']}`);
        await new Promise((resolve) => setImmediate(resolve));
        log.push(`end ${data['n']}`);
      });
      await test.bus.publish([1, 2].map((n) => numbered(TOPICS.summarize, n, 's1')));
      await test.bus.publish([numbered(TOPICS.summarize, 3, 's1')]);
      await test.settle();
      expect(log).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2', 'begin 3', 'end 3']);
    });

    it('delivers a message again, under the same id, until it is handled', async () => {
      const seen: { readonly id: string; readonly attempt: number }[] = [];
      await test.subscribe(TOPICS.migrate, 'all', async ({ id, attempt }) => {
        seen.push({ id, attempt });
        if (attempt < 3) throw new AppError('unavailable', 'not yet');
      });
      await test.bus.publish([numbered(TOPICS.migrate, 1)]);
      await test.settle();
      expect(seen.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
      expect(new Set(seen.map(({ id }) => id)).size).toBe(1);
    });

    it('holds back what follows a failing message of its key, and nothing else', async () => {
      const handled: unknown[] = [];
      await test.subscribe(TOPICS.summarize, 'all', async ({ data, attempt }) => {
        if (data['n'] === 1 && attempt < 4) throw new AppError('aborted', 'not yet');
        handled.push(data['n']);
      });
      await test.bus.publish([
        numbered(TOPICS.summarize, 1, 'slow'),
        numbered(TOPICS.summarize, 2, 'slow'),
        numbered(TOPICS.summarize, 10, 'fast'),
        numbered(TOPICS.summarize, 20),
      ]);
      await test.settle();
      expect(handled.filter((n) => n === 1 || n === 2)).toEqual([1, 2]);
      expect(handled.toSorted()).toEqual([1, 10, 2, 20]);
      expect(handled.at(-1)).toBe(2);
    });

    it('parks a message that always fails on the dead-letter topic, and goes on with its key', async () => {
      const letters: Delivery[] = [];
      await test.subscribe(TOPICS.deadLetter, 'all', async (message) => {
        letters.push(message);
      });
      const attempts: number[] = [];
      const handled: unknown[] = [];
      await test.subscribe(TOPICS.migrate, 'migrate-session', async ({ data, attempt }) => {
        if (data['n'] === 1) {
          attempts.push(attempt);
          throw new AppError('invalid-argument', 'Cannot be read');
        }
        handled.push([data['n'], attempt]);
      });
      await test.bus.publish([1, 2].map((n) => numbered(TOPICS.migrate, n, 's1')));
      await test.settle();
      expect(attempts).toEqual([1, 2, 3, 4, 5]);
      expect(handled).toEqual([[2, 1]]);
      expect(letters).toMatchObject([
        {
          attributes: { topic: 'memory-migrate', code: 'invalid-argument', userId: 'u1' },
          data: {
            topic: 'memory-migrate',
            subscription: 'migrate-session',
            attempts: 5,
            reason: { code: 'invalid-argument', detail: 'Cannot be read' },
            message: { data: { version: 1, userId: 'u1', n: 1 } },
          },
        },
      ]);
    });

    it('hands each subscription its own copy of the redelivery: one may fail alone', async () => {
      const steady = await collectFrom(test, TOPICS.events, 'steady');
      let attempts = 0;
      await test.subscribe(TOPICS.events, 'failing', async () => {
        attempts++;
        throw new AppError('unavailable', 'down');
      });
      await test.bus.publish([numbered(TOPICS.events, 1)]);
      await test.settle();
      expect(steady).toHaveLength(1);
      expect(attempts).toBe(5);
    });
  });
}

/** Subscribes a handler that remembers what it got. */
async function collectFrom(
  { subscribe }: EventBusUnderTest,
  topic: Topic,
  subscription = 'all',
): Promise<JsonObject[]> {
  const seen: JsonObject[] = [];
  await subscribe(topic, subscription, async ({ data }) => {
    seen.push(data);
  });
  return seen;
}
