import type { JsonObject } from '../../../shared/kernel/json.ts';

/** What is appended in one request: a chat-completions message each. */
export interface Turn {
  /** When it is sent, in Unix milliseconds. */
  readonly atMs: number;
  /** What the client's own clock says, where it is wrong or the note was written earlier. */
  readonly createdAtMs?: number;
  readonly messages: readonly JsonObject[];
  /** Messages, by place in the turn, that are pinned as soon as they are appended. */
  readonly pins?: readonly number[];
}

/** One session's life. */
export interface Conversation {
  readonly sessionId: string;
  /** In the order in which they are sent. */
  readonly turns: readonly Turn[];
}

export const messageCount = ({ turns }: Conversation): number =>
  turns.reduce((sum, { messages }) => sum + messages.length, 0);
