import { EVENT_VERSION } from '../../domain/events.ts';
import type { AppError } from '../../kernel/app-error.ts';
import type { BusMessage } from '../../ports/event-bus.ts';
import { TOPICS } from '../../topology.ts';
import type { DeliveredMessage } from './delivered-message.ts';

export interface GivenUp {
  readonly message: DeliveredMessage;
  /** Which subscriber could not handle it. */
  readonly subscription: string;
  readonly error: AppError;
}

/** The message as it was, with why and after how many attempts it was given up. */
export function deadLetterOf({ message, subscription, error }: GivenUp): BusMessage {
  const { topic, data, attributes = {}, id: messageId, attempt: attempts, publishedAtMs } = message;
  const { code, message: detail } = error;
  // In an attribute, so that an erasure finds the user's letters.
  const userId = data['userId'];
  return {
    topic: TOPICS.deadLetter,
    attributes: {
      topic,
      subscription,
      code,
      attempts: String(attempts),
      ...(typeof userId === 'string' && { userId }),
    },
    data: {
      version: EVENT_VERSION,
      topic,
      subscription,
      attempts,
      reason: { code, detail },
      messageId,
      publishedAtMs,
      message: { data, attributes },
    },
  };
}
