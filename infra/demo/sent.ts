import type { Json, JsonObject } from '../../shared/kernel/json.ts';
import { isJsonObject } from '../../shared/kernel/json.ts';
import type { AppendAnswer, SessionName } from './answers.ts';

/** An item that the system acknowledged, with the message that was sent. */
export interface SentItem {
  readonly id: string;
  readonly seq: number;
  readonly tokens: number;
  readonly createdAt: string;
  readonly message: JsonObject;
}

/** A tool call with its results: together in a context, or not there at all. */
export interface SentGroup {
  readonly seqs: number[];
  /** Ids of calls without a result, the last one called last. */
  readonly open: string[];
}

/**
 * What a client knows of a session: everything it sent and what was acknowledged. The checks compare
 * the system with this. Groups are found here anew, by their definition, not by the system's code.
 */
export class SentSession {
  readonly name: SessionName;
  readonly items: SentItem[] = [];
  readonly pinnedSeqs = new Set<number>();
  /** Missing for a result without an open call. */
  readonly groupBySeq = new Map<number, SentGroup>();
  readonly #toolGroups: SentGroup[] = [];

  constructor(name: SessionName) {
    this.name = name;
  }

  get lastSeq(): number {
    return this.items.at(-1)?.seq ?? 0;
  }

  get tokens(): number {
    return this.items.reduce((sum, { tokens }) => sum + tokens, 0);
  }

  add(messages: readonly JsonObject[], acknowledged: AppendAnswer['items']): void {
    acknowledged.forEach((item, index) => {
      const message = messages[index] ?? {};
      this.items.push({ ...item, message });
      this.#group(item.seq, message);
    });
  }

  bySeq(seq: number): SentItem | undefined {
    return this.items[seq - 1];
  }

  #group(seq: number, message: JsonObject): void {
    if (message['role'] === 'tool') {
      const id = String(message['tool_call_id'] ?? '');
      const group = this.#toolGroups.findLast(({ open }) => open.includes(id));
      if (!group) return;
      group.open.splice(group.open.lastIndexOf(id), 1);
      group.seqs.push(seq);
      this.groupBySeq.set(seq, group);
      return;
    }
    const group: SentGroup = { seqs: [seq], open: callsOf(message).map(({ id }) => id) };
    this.groupBySeq.set(seq, group);
    if (group.open.length > 0) this.#toolGroups.push(group);
  }
}

/** The tool calls of a chat-completions message. */
export function callsOf({ tool_calls: calls }: JsonObject): readonly {
  readonly id: string;
  readonly name: string;
  readonly arguments: Json;
}[] {
  if (!Array.isArray(calls)) return [];
  return calls.filter(isJsonObject).map(({ id, function: called }) => {
    const body = isJsonObject(called) ? called : {};
    const { name, arguments: args } = body;
    return { id: String(id), name: String(name), arguments: args ?? '' };
  });
}

/** The text of a chat-completions message; `undefined` where it is not plain text. */
export function textOf({ content }: JsonObject): string | undefined {
  if (content === null || content === undefined) return '';
  return typeof content === 'string' ? content : undefined;
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  system: 'system_message',
  developer: 'system_message',
  user: 'user_message',
  tool: 'tool_result',
};

/** The content type that the contract gives a message; `undefined` where it leaves that open. */
export function contentTypeOf(message: JsonObject): string | undefined {
  if (message['role'] === 'assistant')
    return callsOf(message).length > 0 ? 'tool_call' : 'assistant_message';
  return CONTENT_TYPES[String(message['role'])];
}
