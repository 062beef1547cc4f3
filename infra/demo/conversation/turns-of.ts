import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../shared/kernel/clock.ts';
import type { JsonObject } from '../../../shared/kernel/json.ts';
import type { Conversation, Turn } from './conversation.ts';

/** A session's messages as a file holds them: in order, without times. */
export interface Recording {
  readonly name: string;
  readonly messages: readonly JsonObject[];
}

/** More messages than this are sent in several requests. */
const TURN_MAX_MESSAGES = 100;
const BETWEEN_TURNS_MS = 2 * MINUTE_MS;
/** The sessions of a file begin within this time, one after the other. */
const SPREAD_MS = 60 * DAY_MS;
/** Every so many turns one comes from a client whose clock is late. */
const SKEWED_EVERY = 9;
const SKEW_MS = 2 * DAY_MS + 3 * HOUR_MS;

/**
 * Gives recordings simulated times: a turn begins where the user speaks. The first thing that the
 * user says is pinned, and now and then a client's clock is late, so that both are seen.
 */
export function datedConversations(
  recordings: readonly Recording[],
  startMs: number,
): Conversation[] {
  const gapMs = SPREAD_MS / Math.max(1, recordings.length);
  return recordings.map(({ name, messages }, index) => {
    const beginMs = startMs + Math.floor(index * gapMs);
    const parts = split(messages);
    const pinnedTurn = parts.findIndex((part) => part.some(isUser));
    const turns = parts.map((part, turn): Turn => {
      const atMs = beginMs + turn * BETWEEN_TURNS_MS;
      const isSkewed = (index + turn) % SKEWED_EVERY === SKEWED_EVERY - 1;
      return {
        atMs,
        messages: part,
        ...(isSkewed ? { createdAtMs: atMs - SKEW_MS } : {}),
        ...(turn === pinnedTurn ? { pins: [part.findIndex(isUser)] } : {}),
      };
    });
    return { sessionId: name, turns };
  });
}

function split(messages: readonly JsonObject[]): JsonObject[][] {
  const parts: JsonObject[][] = [];
  for (const message of messages) {
    const part = parts.at(-1);
    const isNew = isUser(message) && part?.some(({ role }) => role !== 'system');
    if (!part || isNew || part.length >= TURN_MAX_MESSAGES) parts.push([message]);
    else part.push(message);
  }
  return parts;
}

const isUser = ({ role }: JsonObject): boolean => role === 'user';
