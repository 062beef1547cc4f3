import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Message, PubSub, type Subscription } from '@google-cloud/pubsub';
import { InProcessMeter } from '../adapters/in-process/meter.ts';
import { connectPubsub } from '../adapters/pubsub/connect.ts';
import { PubsubEventBus } from '../adapters/pubsub/event-bus.ts';
import type { Delivery, EventBusHarness, EventBusUnderTest } from '../ports/event-bus.contract.ts';
import type { BusMessage } from '../ports/event-bus.ts';
import { TOPICS, type Topic } from '../topology.ts';

const QUIET_MS = 150;

interface Counted {
  readonly topic: Topic;
  /** Messages published to the topic since the subscription was made, and those handled. */
  expected: number;
  handled: number;
}

/** Projects of an emulator, a new one per test, with our topics and a subscriber in this process. */
export class PubsubHarness implements EventBusHarness {
  readonly #open: (() => Promise<unknown>)[] = [];

  // A field, so that a contract can take it without the harness.
  readonly create = async (): Promise<EventBusUnderTest> => {
    const projectId = `demo-${randomUUID()}`;
    const pubsub = new PubSub({ projectId });
    await Promise.all(Object.values(TOPICS).map((topic) => pubsub.createTopic(topic)));
    const bus = new PubsubEventBus({
      connect: () => connectPubsub({ projectId }),
      meter: new InProcessMeter(),
    });
    this.#open.push(() => bus.close());
    const counted: Counted[] = [];
    return {
      bus: {
        async publish(messages) {
          for (const one of counted) one.expected += countOf(messages, one.topic);
          await bus.publish(messages);
        },
      },
      subscribe: async (topic, name, handler) => {
        const options = { enableMessageOrdering: true, ackDeadlineSeconds: 60 };
        const [subscription] = await pubsub
          .topic(topic)
          .createSubscription(`${topic}-${name}`, options);
        const count: Counted = { topic, expected: 0, handled: 0 };
        counted.push(count);
        listen(subscription, topic, async (message) => {
          await handler(message);
          count.handled++;
        });
        this.#open.push(() => subscription.close());
      },
      async settle() {
        while (counted.some(({ expected, handled }) => handled < expected)) await sleep(20);
        await sleep(QUIET_MS); // Time for one too many.
      },
    };
  };

  async dispose(): Promise<void> {
    await Promise.all(this.#open.splice(0).map((close) => close()));
  }
}

const countOf = (messages: readonly BusMessage[], wanted: Topic): number =>
  messages.filter(({ topic }) => topic === wanted).length;

function listen(
  subscription: Subscription,
  topic: Topic,
  handler: (message: Delivery) => Promise<void>,
): void {
  subscription.on('error', () => undefined); // Ends with the test.
  subscription.on('message', (message: Message) => {
    const { id, data, attributes, orderingKey, deliveryAttempt } = message;
    handler({
      id,
      topic,
      data: JSON.parse(data.toString()),
      attributes,
      ...(orderingKey ? { orderingKey } : {}),
      attempt: Math.max(1, deliveryAttempt),
    }).then(
      () => message.ack(),
      () => message.nack(),
    );
  });
}
