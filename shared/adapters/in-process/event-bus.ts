import { randomUUID } from 'node:crypto';
import { METRICS } from '../../domain/metrics/catalogue.ts';
import { AppError } from '../../kernel/app-error.ts';
import { type Clock, MINUTE_MS } from '../../kernel/clock.ts';
import type { Logger } from '../../kernel/logger.ts';
import { systemTimers, type Timers } from '../../kernel/timers.ts';
import type { BusMessage, EventBus } from '../../ports/event-bus.ts';
import type { Meter } from '../../ports/meter.ts';
import { TOPICS, type Topic } from '../../topology.ts';
import { deadLetterOf, type GivenUp } from './dead-letter.ts';
import type { DeliveredMessage, MessageHandler } from './delivered-message.ts';
import { type DeliveryPolicy, Subscription } from './subscription.ts';

export interface InProcessEventBusOptions extends Partial<DeliveryPolicy> {
  readonly clock: Clock;
  readonly meter: Meter;
  readonly log: Logger;
  readonly timers?: Timers;
  /** From 0 to below 1: the jitter of redeliveries. */
  readonly random?: () => number;
  /** Undelivered messages of one subscription above which nothing more is accepted. */
  readonly maxPending?: number;
}

/** What `drain` does with messages that wait for their redelivery. */
export type DrainBackoffs =
  /** Waits as long as they do. */
  | 'wait'
  /** Delivers them at once, as often as they have attempts left. */
  | 'skip'
  /** Leaves them waiting, and does not wait for them. */
  | 'leave';

// Pub/Sub waits 10 s to 600 s by default (https://cloud.google.com/pubsub/docs/handling-failures)
// and gives up after 5 attempts; in one process nothing needs that long to recover.
const LOCAL_POLICY: DeliveryPolicy = {
  minBackoffMs: 100,
  maxBackoffMs: 10_000,
  maxDeliveryAttempts: 5,
  maxInFlight: 8,
};

interface Waiter {
  readonly backoffs: DrainBackoffs;
  readonly resolve: () => void;
}

/**
 * A bus within one process, with Pub/Sub's promises as long as the process lives: at least once,
 * in order within a key, redelivery with backoff, dead letters. What a crash takes with it is asked
 * for again by the sweep in `migrate-tiers`.
 */
export class InProcessEventBus implements EventBus {
  readonly #options: InProcessEventBusOptions;
  readonly #policy: DeliveryPolicy;
  readonly #subscriptions = new Map<Topic, Map<string, Subscription>>();
  readonly #waiters = new Set<Waiter>();
  #isClosed = false;

  constructor(options: InProcessEventBusOptions) {
    this.#options = options;
    this.#policy = { ...LOCAL_POLICY, ...options };
  }

  async publish(messages: readonly BusMessage[]): Promise<void> {
    if (this.#isClosed) throw new AppError('unavailable', 'The event bus is closed');
    for (const { topic } of messages) this.#requireRoom(topic);
    for (const message of messages) this.#accept(message);
  }

  /** Every message of the topic goes to every subscription of it, also to those of other names. */
  subscribe(topic: Topic, name: string, handler: MessageHandler): void {
    const ofTopic = this.#subscriptions.get(topic) ?? new Map<string, Subscription>();
    if (ofTopic.has(name)) throw new TypeError(`${topic} has a subscription ${name} already`);
    this.#subscriptions.set(topic, ofTopic);
    const { timers = systemTimers, random = Math.random } = this.#options;
    const events = {
      failed: (message: DeliveredMessage, error: AppError) =>
        this.#failed({ message, subscription: name, error }),
      gaveUp: (message: DeliveredMessage, error: AppError) =>
        this.#gaveUp({ message, subscription: name, error }),
      settled: () => this.#wake(),
    };
    ofTopic.set(name, new Subscription({ handler, policy: this.#policy, timers, random, events }));
  }

  /** Resolves when nothing is left to deliver, also of what handlers publish meanwhile. */
  async drain(backoffs: DrainBackoffs = 'wait'): Promise<void> {
    // Timers of this process do not keep it alive; somebody who waits for them must.
    const alive = setInterval(() => {}, MINUTE_MS);
    try {
      await new Promise<void>((resolve) => {
        this.#waiters.add({ backoffs, resolve });
        this.#wake();
      });
    } finally {
      clearInterval(alive);
    }
  }

  /**
   * Accepts and starts nothing more; resolves when the handlers that run have ended. What was not
   * delivered is lost, so drain first.
   */
  async close(): Promise<void> {
    this.#isClosed = true;
    const all = this.#all();
    for (const subscription of all) subscription.stop();
    this.#wake();
    await this.drain('leave');
    const undelivered = all.reduce((sum, { pending }) => sum + pending, 0);
    if (undelivered > 0) {
      this.#options.log.warning('Event bus closed before everything was delivered', {
        undelivered,
      });
    }
  }

  #accept(message: BusMessage): void {
    const { clock, meter } = this.#options;
    const { topic } = message;
    const subscriptions = this.#subscriptions.get(topic);
    meter.count(METRICS.busPublished, 1, { topic });
    if (!subscriptions) {
      meter.count(METRICS.busDropped, 1, { topic });
      return;
    }
    // A copy: the publisher may go on using its objects, as it could with a real bus.
    const copy = structuredClone(message);
    const accepted = { ...copy, id: randomUUID(), publishedAtMs: clock.now() };
    for (const subscription of subscriptions.values()) subscription.offer(accepted);
  }

  #requireRoom(topic: Topic): void {
    const { maxPending = 100_000 } = this.#options;
    for (const [name, { pending }] of this.#subscriptions.get(topic) ?? []) {
      if (pending < maxPending) continue;
      throw new AppError('unavailable', 'Too many messages wait to be delivered', {
        details: { topic, subscription: name, maxPending },
      });
    }
  }

  #failed({ message, subscription, error }: GivenUp): void {
    const { meter, log } = this.#options;
    const { topic, id: messageId, attempt } = message;
    meter.count(METRICS.busRedelivered, 1, { topic });
    const fields = { topic, subscription, messageId, attempt, code: error.code, error };
    log.warning('Delivery failed; the message will be delivered again', fields);
  }

  #gaveUp(givenUp: GivenUp): void {
    const { meter, log } = this.#options;
    const { message, subscription, error } = givenUp;
    const { topic, id: messageId, attempt: attempts } = message;
    meter.count(METRICS.busDeadLettered, 1, { topic });
    const fields = { topic, subscription, messageId, attempts, code: error.code, error };
    log.error('Message given up', fields);
    // A dead letter that fails would come back as its own dead letter for ever.
    if (topic !== TOPICS.deadLetter) this.#accept(deadLetterOf(givenUp));
  }

  #all(): readonly Subscription[] {
    return [...this.#subscriptions.values()].flatMap((ofTopic) => [...ofTopic.values()]);
  }

  /** Resolves the drains that have nothing to wait for any more. */
  #wake(): void {
    if (this.#waiters.size === 0) return;
    const all = this.#all();
    const isResting = all.every((subscription) => subscription.isResting);
    const isEmpty = this.#isClosed || all.every(({ pending }) => pending === 0);
    for (const waiter of this.#waiters) {
      if (!(waiter.backoffs === 'leave' ? isResting : isResting && isEmpty)) continue;
      this.#waiters.delete(waiter);
      waiter.resolve();
    }
    const skips = [...this.#waiters].some(({ backoffs }) => backoffs === 'skip');
    if (skips) for (const subscription of all) subscription.skipBackoffs();
  }
}
