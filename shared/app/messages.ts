import { type DeadLetterNotice, EVENT_VERSION, type MemoryEvent } from '../domain/events.ts';
import type { SessionKey, SessionRef } from '../domain/ids.ts';
import { dropAbsent } from '../kernel/drop-absent.ts';
import type { BusMessage } from '../ports/event-bus.ts';
import { TOPICS, type Topic } from '../topology.ts';

/** Each member of a union without its version, which is added when it is published. */
type Unversioned<M> = M extends unknown ? Omit<M, 'version'> : never;

/** A fact for any subscriber; those of one key arrive in order. */
export const eventMessage = (orderingKey: string, event: Unversioned<MemoryEvent>): BusMessage => ({
  topic: TOPICS.events,
  orderingKey,
  attributes: { type: event.type },
  data: { version: EVENT_VERSION, ...event },
});

export const summarizeMessage = (session: SessionRef, key: SessionKey): BusMessage =>
  command(TOPICS.summarize, session, key);

export const migrateMessage = (session: SessionRef, key: SessionKey): BusMessage =>
  command(TOPICS.migrate, session, key);

/** Without an ordering key: nothing has to come after anything. */
export const migrateShardMessage = (shard: number): BusMessage => ({
  topic: TOPICS.migrate,
  data: { version: EVENT_VERSION, shard },
});

/** That a message was parked, and why. */
export function deadLetterMessage(notice: Unversioned<DeadLetterNotice>): BusMessage {
  const { function: name, topic, reason, userId } = notice;
  return {
    topic: TOPICS.deadLetter,
    attributes: { function: name, topic, code: reason.code, ...dropAbsent({ userId }) },
    data: { version: EVENT_VERSION, ...notice },
  };
}

const command = (
  topic: Topic,
  { userId, sessionId }: SessionRef,
  orderingKey: SessionKey,
): BusMessage => ({ topic, orderingKey, data: { version: EVENT_VERSION, userId, sessionId } });
