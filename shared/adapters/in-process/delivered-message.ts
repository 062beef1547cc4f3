import type { BusMessage } from '../../ports/event-bus.ts';

/** A message on its way to one subscriber. */
export interface DeliveredMessage extends BusMessage {
  /** The same on every delivery. */
  readonly id: string;
  readonly publishedAtMs: number;
  /** 1 on the first delivery. */
  readonly attempt: number;
}

/** Resolving acknowledges; rejecting asks for redelivery. */
export type MessageHandler = (message: DeliveredMessage) => Promise<void>;
