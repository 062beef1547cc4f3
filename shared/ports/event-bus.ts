import type { JsonObject } from '../kernel/json.ts';
import type { Topic } from '../topology.ts';

export interface BusMessage {
  readonly topic: Topic;
  readonly data: JsonObject;
  readonly attributes?: Readonly<Record<string, string>>;
  /** Messages of one key are delivered in the order published. */
  readonly orderingKey?: string;
}

/** Hands messages on, at least once. */
export interface EventBus {
  /**
   * Resolves when every message is accepted for delivery.
   * @throws AppError `unavailable` when one is not; any of them may then have been accepted.
   */
  publish(messages: readonly BusMessage[]): Promise<void>;
}
