import type { InProcessEventBus } from '../adapters/in-process/event-bus.ts';
import type { Memory, MessageToPark } from '../app/memory.ts';
import { parkedContent } from '../domain/parked-content.ts';
import { isJsonObject } from '../kernel/json.ts';
import type { BusMessage } from '../ports/event-bus.ts';
import { TOPICS } from '../topology.ts';

interface Keeper {
  readonly bus: InProcessEventBus;
  readonly memory: Pick<Memory, 'park'>;
}

/**
 * What the bus gave up outlives the process: it is forwarded whole within the process, as Pub/Sub
 * does it, and parked here. The notice of the parking comes by on the same topic.
 */
export function keepDeadLetters({ bus, memory }: Keeper): void {
  bus.subscribe(TOPICS.deadLetter, 'dead-letters', async (letter) => {
    const forwarded = forwardedIn(letter);
    if (forwarded) await memory.park(forwarded);
  });
}

/** `undefined` for a notice, which holds no message. */
function forwardedIn({ data }: BusMessage): MessageToPark | undefined {
  const { topic, subscription, attempts, reason, messageId, message } = data;
  if (!isJsonObject(message) || !isJsonObject(reason)) return undefined;
  return {
    name: String(subscription),
    topic: String(topic),
    messageId: String(messageId),
    reason: { ...reason, code: String(reason['code']), detail: String(reason['detail']) },
    message,
    attempts: Number(attempts),
    ...parkedContent(message['data']),
  };
}
