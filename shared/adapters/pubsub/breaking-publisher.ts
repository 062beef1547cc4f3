import { BrokenCircuitError, ConsecutiveBreaker, circuitBreaker, handleWhen } from 'cockatiel';
import { AppError } from '../../kernel/app-error.ts';
import { SECOND_MS } from '../../kernel/clock.ts';
import type { Topic } from '../../topology.ts';
import type { OutgoingMessage, Publisher } from './publisher.ts';

const FAILURES_IN_A_ROW = 3;
const RETRY_AFTER_MS = 5 * SECOND_MS;
/** gRPC's DEADLINE_EXCEEDED, INTERNAL, UNAVAILABLE: Pub/Sub, not the request, is at fault. */
const OUTAGES: readonly unknown[] = [4, 13, 14];

/**
 * Stops asking a Pub/Sub that does not answer: after three failures in a row requests fail at once,
 * and one is let through every five seconds to see whether it is back. An append is durable before it
 * is announced; without this each would wait for a timeout before it is acknowledged.
 */
export class BreakingPublisher implements Publisher {
  readonly #publisher: Publisher;
  readonly #breaker = circuitBreaker(handleWhen(isOutage), {
    halfOpenAfter: RETRY_AFTER_MS,
    breaker: new ConsecutiveBreaker(FAILURES_IN_A_ROW),
  });

  constructor(publisher: Publisher) {
    this.#publisher = publisher;
  }

  /** @throws AppError `unavailable` while nothing is asked; else what the publisher throws. */
  async publish(topic: Topic, messages: readonly OutgoingMessage[]): Promise<void> {
    try {
      await this.#breaker.execute(() => this.#publisher.publish(topic, messages));
    } catch (thrown) {
      if (!(thrown instanceof BrokenCircuitError)) throw thrown;
      throw new AppError('unavailable', 'Pub/Sub gave no answer lately; nothing is sent for now');
    }
  }

  close(): Promise<void> {
    return this.#publisher.close();
  }
}

function isOutage(error: unknown): boolean {
  return error instanceof Error && 'code' in error && OUTAGES.includes(error.code);
}
