import type { InProcessEventBus } from '../adapters/in-process/event-bus.ts';
import type { Clock } from '../kernel/clock.ts';
import { dropAbsent } from '../kernel/drop-absent.ts';
import { isJsonObject } from '../kernel/json.ts';
import type { DeadLetter, DeadLetters } from '../ports/dead-letters.ts';
import type { BusMessage } from '../ports/event-bus.ts';
import { TOPICS } from '../topology.ts';

/** Parked messages outlive the process: what could not be handled is not lost. */
export function keepDeadLetters(
  bus: InProcessEventBus,
  deadLetters: DeadLetters,
  clock: Clock,
): void {
  bus.subscribe(TOPICS.deadLetter, 'dead-letters', (message) =>
    deadLetters.add(letterOf(message, clock.now())),
  );
}

/** Who parked it says so in attributes: the bus names the topic, a function itself. */
function letterOf({ data, attributes = {} }: BusMessage, atMs: number): DeadLetter {
  const reason = isJsonObject(data['reason']) ? data['reason'] : {};
  const { topic, function: name, userId, attempts } = attributes;
  return {
    topic: topic ?? name ?? TOPICS.deadLetter,
    data,
    attributes,
    reason: `${attributes['code'] ?? 'internal'}: ${String(reason['detail'] ?? '')}`,
    attempts: Number(attempts ?? 1),
    atMs,
    ...dropAbsent({ userId }),
  };
}
