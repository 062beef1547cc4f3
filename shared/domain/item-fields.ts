import { z } from 'zod';
import { isJsonObject, type Json, type JsonObject } from '../kernel/json.ts';
import { listOf } from '../kernel/list-of.ts';
import { identifier } from './identifier.ts';
import { CONTENT_TYPES } from './item.ts';

const MESSAGES: readonly string[] = [
  CONTENT_TYPES.user,
  CONTENT_TYPES.assistant,
  CONTENT_TYPES.system,
];

/** A JSON object, taken over as it is. */
export const jsonObject = z.custom<JsonObject>(isJsonObject, 'must be a JSON object');

const toolCall = z.strictObject({
  id: identifier,
  name: identifier,
  arguments: z.custom<Json>((value) => value !== undefined, 'is required; it may be {}'),
});

/** What a caller may say about an item; when it was said comes in a form of its own. */
export const itemFields = {
  content: z.string().optional(),
  contentType: z
    .string()
    .regex(
      /^[a-z][a-z0-9_.-]{0,63}$/,
      'must be 1 to 64 of a-z, 0-9, "_", "." and "-", beginning with a letter',
    ),
  pinned: z.boolean().optional(),
  idempotencyKey: identifier.optional(),
  metadata: jsonObject.optional(),
  toolCalls: listOf(toolCall, 'must have at least one call').optional(),
  toolCallId: identifier.optional(),
};

interface ItemShape {
  readonly content?: string | undefined;
  readonly contentType: string;
  readonly toolCalls?: readonly { readonly id: string }[] | undefined;
  readonly toolCallId?: string | undefined;
}

type Fault = (field: string, message: string) => void;

/** The rules between an item's fields. */
export function itemRules(item: ItemShape, context: z.RefinementCtx): void {
  const fault: Fault = (field, message) =>
    context.addIssue({ code: 'custom', path: [field], message });
  contentRules(item, fault);
  toolRules(item, fault);
}

function contentRules({ content, contentType }: ItemShape, fault: Fault): void {
  if (content === undefined && contentType !== CONTENT_TYPES.toolCall)
    fault('content', 'is required');
  if (content === '' && MESSAGES.includes(contentType)) fault('content', 'must not be empty');
}

function toolRules({ contentType, toolCalls, toolCallId }: ItemShape, fault: Fault): void {
  const isCall = contentType === CONTENT_TYPES.toolCall;
  const isResult = contentType === CONTENT_TYPES.toolResult;
  if (isCall && !toolCalls) fault('toolCalls', 'is required for a tool_call');
  if (!isCall && toolCalls) fault('toolCalls', 'is allowed for a tool_call only');
  if (isResult && toolCallId === undefined) fault('toolCallId', 'is required for a tool_result');
  if (!isResult && toolCallId !== undefined)
    fault('toolCallId', 'is allowed for a tool_result only');
  const ids = new Set(toolCalls?.map(({ id }) => id));
  if (toolCalls && ids.size < toolCalls.length)
    fault('toolCalls', 'must have a different id for each call');
}
