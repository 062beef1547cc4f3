import { EVENT_VERSION } from '../domain/events.ts';
import { sessionKeyOf } from '../domain/ids.ts';
import {
  contentExpiresAtMs,
  type LetterPolicy,
  letterExpiresAtMs,
} from '../domain/parked-content.ts';
import { AppError } from '../kernel/app-error.ts';
import type { Clock } from '../kernel/clock.ts';
import { dropAbsent } from '../kernel/drop-absent.ts';
import { jsonBytes } from '../kernel/json.ts';
import type { DeadLetter, DeadLetters } from '../ports/dead-letters.ts';
import type { ErasureStore } from '../ports/erasure-store.ts';
import type { SessionStore } from '../ports/session-store.ts';
import { type AnnounceDeps, announce } from './announce.ts';
import type { MessageToPark, Parking } from './memory.ts';
import { deadLetterMessage } from './messages.ts';

export interface ParkDeps extends AnnounceDeps {
  readonly deadLetters: DeadLetters;
  readonly erasure: ErasureStore;
  readonly store: Pick<SessionStore, 'loadHead'>;
  readonly clock: Clock;
  readonly options: LetterPolicy;
}

/**
 * Keeps a message that no retry can mend in the durable store, which an erasure of its user clears,
 * and says so on `memory-dead-letter` without its content: nothing takes a message out of a topic. Of a
 * message that names nobody only the size is kept: whose erasure would clear it? Of one that is past
 * its retention, too.
 *
 * @throws AppError `unavailable` when it could not be kept: it must not be acknowledged then.
 */
export async function parkMessage(deps: ParkDeps, parked: MessageToPark): Promise<Parking> {
  const { deadLetters, erasure, clock } = deps;
  const { userId } = parked;
  const isErased = async () =>
    userId !== undefined && (await erasure.readTombstone(userId, clock.now())) !== undefined;
  if (await isErased()) return 'erased';
  await deadLetters.add(await letterOf(deps, parked));
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

async function letterOf(deps: ParkDeps, parked: MessageToPark): Promise<DeadLetter> {
  const { clock, options } = deps;
  const { name, topic, messageId, reason, message, attempts, userId } = parked;
  const { code, detail } = reason;
  const sessionDays = await retentionOfSession(deps, parked);
  const atMs = clock.now();
  const contentEndsAtMs = contentExpiresAtMs(parked, sessionDays, atMs, options);
  const isKept = userId !== undefined && contentEndsAtMs > atMs;
  const told = isKept
    ? { reason, message }
    : { reason: { code, detail }, sizeBytes: jsonBytes(message) };
  return {
    topic,
    data: { version: EVENT_VERSION, function: name, messageId, ...told },
    attributes: { function: name, code },
    reason: `${code}: ${detail}`,
    attempts,
    atMs,
    expiresAtMs: isKept ? contentEndsAtMs : letterExpiresAtMs(atMs, options),
    ...dropAbsent({ userId }),
  };
}

/** A damaged head may be the very reason for parking: then the message and the default tell. */
async function retentionOfSession(
  { store }: ParkDeps,
  { userId, sessionId }: MessageToPark,
): Promise<number | undefined> {
  if (userId === undefined || sessionId === undefined) return undefined;
  try {
    return (await store.loadHead(sessionKeyOf({ userId, sessionId })))?.retentionDays;
  } catch (thrown) {
    if (AppError.from(thrown).code === 'data-loss') return undefined;
    throw thrown;
  }
}
