import { AppError } from '../../kernel/app-error.ts';
import type { Timers } from '../../kernel/timers.ts';
import { type Backoff, backoffMs } from './backoff.ts';
import type { DeliveredMessage, MessageHandler } from './delivered-message.ts';
import { Fifo } from './fifo.ts';

export interface DeliveryPolicy extends Backoff {
  /** Deliveries in all before a message is given up. */
  readonly maxDeliveryAttempts: number;
  /** Handlers of one subscription that run side by side. */
  readonly maxInFlight: number;
}

export type Accepted = Omit<DeliveredMessage, 'attempt'>;

/** What the bus wants to know of a subscription. */
export interface SubscriptionEvents {
  failed(message: DeliveredMessage, error: AppError): void;
  gaveUp(message: DeliveredMessage, error: AppError): void;
  /** A message was delivered, failed or given up. */
  settled(): void;
}

export interface SubscriptionOptions {
  readonly handler: MessageHandler;
  readonly policy: DeliveryPolicy;
  readonly timers: Timers;
  readonly random: () => number;
  readonly events: SubscriptionEvents;
}

/** Messages that are handled one after another: those of one ordering key, or a single one. */
interface Lane {
  readonly key: string | undefined;
  readonly messages: Fifo<Accepted>;
  /** Failures of the first message so far. */
  failures: number;
  /** Ends the wait before a redelivery; absent when the lane does not wait. */
  cancelWait?: () => void;
}

/** Delivers the messages of one topic to one handler until each is handled or given up. */
export class Subscription {
  readonly #options: SubscriptionOptions;
  readonly #keyed = new Map<string, Lane>();
  readonly #ready = new Fifo<Lane>();
  readonly #waiting = new Set<Lane>();
  #inFlight = 0;
  #pending = 0;
  #isScheduled = false;
  #isStopped = false;

  constructor(options: SubscriptionOptions) {
    this.#options = options;
  }

  /** Messages that are not yet handled or given up. */
  get pending(): number {
    return this.#pending;
  }

  /** Nothing runs or is about to; messages may still wait for their redelivery. */
  get isResting(): boolean {
    return this.#inFlight === 0 && (this.#isStopped || this.#ready.size === 0);
  }

  offer(message: Accepted): void {
    this.#pending++;
    const known =
      message.orderingKey === undefined ? undefined : this.#keyed.get(message.orderingKey);
    const lane = known ?? { key: message.orderingKey, messages: new Fifo<Accepted>(), failures: 0 };
    lane.messages.push(message);
    if (known) return;
    if (lane.key !== undefined) this.#keyed.set(lane.key, lane);
    this.#makeReady(lane);
  }

  /** Ends the waits of the messages that have failed so far. */
  skipBackoffs(): void {
    for (const lane of this.#waiting) this.#makeReady(lane);
  }

  /** Starts no further delivery. */
  stop(): void {
    this.#isStopped = true;
    for (const lane of this.#waiting) lane.cancelWait?.();
  }

  #makeReady(lane: Lane): void {
    lane.cancelWait?.();
    this.#waiting.delete(lane);
    this.#ready.push(lane);
    this.#schedule();
  }

  // Through the event loop, so that a long queue leaves room for everything else in the process.
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#pump();
    });
  }

  #pump(): void {
    // Only what is ready now: what a handler publishes waits for the next turn, as it expects.
    for (let left = this.#ready.size; left > 0 && this.#hasRoom(); left--) {
      const lane = this.#ready.shift();
      if (lane) void this.#deliver(lane);
    }
  }

  #hasRoom(): boolean {
    return !this.#isStopped && this.#inFlight < this.#options.policy.maxInFlight;
  }

  async #deliver(lane: Lane): Promise<void> {
    const accepted = lane.messages.peek();
    if (!accepted) return;
    const message = { ...accepted, attempt: lane.failures + 1 };
    this.#inFlight++;
    try {
      await this.#options.handler(message);
      this.#next(lane);
    } catch (thrown) {
      this.#fail(lane, message, AppError.from(thrown));
    }
    this.#inFlight--;
    this.#schedule();
    this.#options.events.settled();
  }

  #fail(lane: Lane, message: DeliveredMessage, error: AppError): void {
    const { policy, timers, random, events } = this.#options;
    lane.failures++;
    if (lane.failures >= policy.maxDeliveryAttempts) {
      events.gaveUp(message, error);
      this.#next(lane);
      return;
    }
    events.failed(message, error);
    if (this.#isStopped) return;
    const delayMs = backoffMs(lane.failures, policy, random());
    lane.cancelWait = timers.after(delayMs, () => this.#makeReady(lane));
    this.#waiting.add(lane);
  }

  /** Done with the first message of a lane. */
  #next(lane: Lane): void {
    lane.messages.shift();
    lane.failures = 0;
    this.#pending--;
    if (lane.messages.size > 0) this.#ready.push(lane);
    else if (lane.key !== undefined) this.#keyed.delete(lane.key);
  }
}
