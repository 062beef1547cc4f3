import type { Topic } from '../../topology.ts';

/** A message as Pub/Sub takes it. */
export interface OutgoingMessage {
  readonly data: Uint8Array;
  readonly attributes: Readonly<Record<string, string>>;
  /** Absent: in no order. */
  readonly orderingKey?: string;
}

/** The part of Pub/Sub that publishing needs. */
export interface Publisher {
  /**
   * One request, accepted whole or not at all; its messages have one ordering key, or none has one.
   * Rejects with what the client throws.
   */
  publish(topic: Topic, messages: readonly OutgoingMessage[]): Promise<void>;
  close(): Promise<void>;
}
