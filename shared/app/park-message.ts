import { EVENT_VERSION } from '../domain/events.ts';
import type { Clock } from '../kernel/clock.ts';
import { dropAbsent } from '../kernel/drop-absent.ts';
import { jsonBytes } from '../kernel/json.ts';
import type { DeadLetter, DeadLetters } from '../ports/dead-letters.ts';
import type { ErasureStore } from '../ports/erasure-store.ts';
import { type AnnounceDeps, announce } from './announce.ts';
import type { MessageToPark, Parking } from './memory.ts';
import { deadLetterMessage } from './messages.ts';

export interface ParkDeps extends AnnounceDeps {
  readonly deadLetters: DeadLetters;
  readonly erasure: ErasureStore;
  readonly clock: Clock;
}

/**
 * Keeps a message that no retry can mend in the durable store, which an erasure of its user clears,
 * and says so on `memory-dead-letter` without its content: nothing takes a message out of a topic. Of a
 * message that names nobody only the size is kept: whose erasure would clear it?
 *
 * @throws AppError `unavailable` when it could not be kept: it must not be acknowledged then.
 */
export async function parkMessage(deps: ParkDeps, parked: MessageToPark): Promise<Parking> {
  const { deadLetters, erasure, clock } = deps;
  const { userId } = parked;
  const isErased = async () =>
    userId !== undefined && (await erasure.readTombstone(userId, clock.now())) !== undefined;
  if (await isErased()) return 'erased';
  await deadLetters.add(letterOf(parked, clock.now()));
  // An erasure that began after the look may have passed before the letter was there.
  if (userId !== undefined && (await isErased())) {
    await erasure.eraseTraces(userId);
    await erasure.scrub();
    return 'erased';
  }
  const { name, topic, messageId, reason } = parked;
  const { code, detail } = reason;
  const ids = dropAbsent({ userId, sessionId: parked.sessionId });
  const notice = { function: name, topic, messageId, reason: { code, detail }, ...ids };
  await announce(deps, messageId, [deadLetterMessage(notice)]);
  return 'parked';
}

function letterOf(parked: MessageToPark, atMs: number): DeadLetter {
  const { name, topic, messageId, reason, message, attempts, userId } = parked;
  const { code, detail } = reason;
  const told =
    userId === undefined
      ? { reason: { code, detail }, sizeBytes: jsonBytes(message) }
      : { reason, message };
  return {
    topic,
    data: { version: EVENT_VERSION, function: name, messageId, ...told },
    attributes: { function: name, code },
    reason: `${code}: ${detail}`,
    attempts,
    atMs,
    ...dropAbsent({ userId }),
  };
}
