import type { Json, JsonObject } from '../kernel/json.ts';

/** Where an item lives: hot and warm are documents of their own, cold is part of a segment. */
export const TIERS = ['hot', 'warm', 'cold'] as const;
export type Tier = (typeof TIERS)[number];

/** Content types with a meaning of their own; any other name is the caller's. */
export const CONTENT_TYPES = {
  user: 'user_message',
  assistant: 'assistant_message',
  system: 'system_message',
  toolCall: 'tool_call',
  toolResult: 'tool_result',
} as const;

/** Model providers whose messages go in and come out as they are. */
export const FORMATS = ['openai', 'gemini', 'anthropic'] as const;
export type Format = (typeof FORMATS)[number];

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** As the provider gave it: OpenAI sends JSON text, the others a value. */
  readonly arguments: Json;
}

/** The provider message that an item came from, as far as the item's own fields can't rebuild it. */
export interface MessageSource {
  readonly format: Format;
  /** The whole message, when rebuilding it from the item would lose a field. */
  readonly message?: JsonObject;
  /** Set when one message became several items: they are joined again on the way out. */
  readonly part?: { readonly index: number; readonly of: number };
}

/** One message or tool event, as the caller gave it. */
export interface ItemDraft {
  readonly content: string;
  readonly contentType: string;
  /** When it was said, in Unix milliseconds. It sets the age, never the order. */
  readonly createdAtMs?: number;
  readonly pinned?: boolean;
  readonly idempotencyKey?: string;
  readonly metadata?: JsonObject;
  /** Calls of a `tool_call`, several for parallel calls. */
  readonly toolCalls?: readonly ToolCall[];
  /** The call that a `tool_result` answers. */
  readonly toolCallId?: string;
  readonly source?: MessageSource;
}

/** An item with its place in the session. All of it but `pinned` and `metadata` never changes. */
export interface Item extends Omit<ItemDraft, 'idempotencyKey'> {
  /** 1, 2, 3 … without gaps, given by the server. */
  readonly seq: number;
  readonly createdAtMs: number;
  readonly pinned: boolean;
  /** Model tokens of the item, counted once at append. */
  readonly tokens: number;
}

/** An exponentially decaying count of accesses, as of an instant. */
export interface Accesses {
  readonly count: number;
  readonly atMs: number;
}

export const NO_ACCESSES: Accesses = { count: 0, atMs: 0 };

/** An item where it is stored now. */
export interface StoredItem extends Item {
  readonly tier: Tier;
  readonly accesses: Accesses;
}

export const isSystem = (item: Pick<Item, 'contentType'>): boolean =>
  item.contentType === CONTENT_TYPES.system;

/** Pins and system items stand in front of every context and are never summarised. */
export const isAnchor = (item: Pick<Item, 'contentType' | 'pinned'>): boolean =>
  item.pinned || isSystem(item);
