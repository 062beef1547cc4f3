import { EVENT_VERSION, type MemoryEvent } from '../domain/events.ts';
import type { SessionKey, SessionRef } from '../domain/ids.ts';
import type { BusMessage } from '../ports/event-bus.ts';
import { TOPICS, type Topic } from '../topology.ts';

/** A fact for any subscriber; those of one key arrive in order. */
export const eventMessage = (orderingKey: string, event: MemoryEvent): BusMessage => ({
  topic: TOPICS.events,
  orderingKey,
  attributes: { type: event.type },
  data: { ...event },
});

export const summarizeMessage = (session: SessionRef, key: SessionKey): BusMessage =>
  command(TOPICS.summarize, session, key);

export const migrateMessage = (session: SessionRef, key: SessionKey): BusMessage =>
  command(TOPICS.migrate, session, key);

const command = (
  topic: Topic,
  { userId, sessionId }: SessionRef,
  orderingKey: SessionKey,
): BusMessage => ({ topic, orderingKey, data: { version: EVENT_VERSION, userId, sessionId } });
