import { METRICS } from '../../domain/metrics/catalogue.ts';
import { forEachAtOnce } from '../../kernel/for-each.ts';
import type { BusMessage, EventBus } from '../../ports/event-bus.ts';
import type { Meter } from '../../ports/meter.ts';
import type { Topic } from '../../topology.ts';
import { type Lane, lanesOf } from './batches.ts';
import type { OutgoingMessage, Publisher } from './publisher.ts';
import { pubsubError } from './pubsub-error.ts';

export interface PubsubEventBusOptions {
  /** Called on the first message, and again after it failed. */
  readonly connect: () => Promise<Publisher>;
  readonly meter: Meter;
}

/** Requests of one call that are under way side by side. */
const MAX_IN_FLIGHT = 8;

/**
 * Publishes to Pub/Sub. Whatever is given in one call goes out at once in as few requests as
 * Pub/Sub allows, and is accepted when `publish` resolves: no queue and no timer outlives the call,
 * so a function that was frozen after its answer has nothing left to send. A failed key is not paused.
 */
export class PubsubEventBus implements EventBus {
  readonly #options: PubsubEventBusOptions;
  /** The last call's requests of each key that has some under way. */
  readonly #tails = new Map<string, Promise<void>>();
  #publisher: Promise<Publisher> | undefined;

  constructor(options: PubsubEventBusOptions) {
    this.#options = options;
  }

  /**
   * @throws AppError `unavailable` or `quota-exceeded` when a message was not taken, and before
   *   anything is sent `payload-too-large` or `invalid-argument` for one that can't be.
   */
  async publish(messages: readonly BusMessage[]): Promise<void> {
    await forEachAtOnce(lanesOf(messages), MAX_IN_FLIGHT, (lane) => this.#inTurn(lane));
  }

  /** Ends the connection, if there is one. */
  async close(): Promise<void> {
    const publisher = await this.#publisher?.catch(() => undefined);
    this.#publisher = undefined;
    await publisher?.close();
  }

  // Two calls at once for one key: without this the second one's messages could overtake.
  async #inTurn(lane: Lane): Promise<void> {
    const { topic, orderingKey } = lane;
    if (orderingKey === undefined) return this.#sendAll(lane);
    const key = JSON.stringify([topic, orderingKey]);
    const before = this.#tails.get(key) ?? Promise.resolve();
    // What failed before was told to whoever published it.
    const mine = before.then(
      () => this.#sendAll(lane),
      () => this.#sendAll(lane),
    );
    this.#tails.set(key, mine);
    try {
      await mine;
    } finally {
      if (this.#tails.get(key) === mine) this.#tails.delete(key);
    }
  }

  async #sendAll({ topic, batches }: Lane): Promise<void> {
    for (const batch of batches) await this.#send(topic, batch);
  }

  async #send(topic: Topic, batch: readonly OutgoingMessage[]): Promise<void> {
    try {
      const publisher = await this.#connected();
      await publisher.publish(topic, batch);
    } catch (cause) {
      throw pubsubError(topic, cause);
    }
    this.#options.meter.count(METRICS.busPublished, batch.length, { topic });
  }

  #connected(): Promise<Publisher> {
    this.#publisher ??= this.#options.connect().catch((error: unknown) => {
      this.#publisher = undefined;
      throw error;
    });
    return this.#publisher;
  }
}
